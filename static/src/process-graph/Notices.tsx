/** Why nothing can be changed here, and what was not stored. */

import { Icon } from "../canvas/Icon";
import { useDesk, useShown } from "./desk";

export function Notices() {
  const { settings, store } = useDesk();
  const { notice } = useShown();
  return (
    <>
      {settings.is_frozen ? (
        <p className="pg-note tone-running">
          <Icon name="lock" className="toned" />
          <span>
            {settings.is_active ? "New sessions get this version" : "Sessions rest on this version"}, so it
            stays as it is. Clone it to change it.
          </span>
          {settings.may_change && (
            <a className="pg-button" href={settings.urls.clone}>
              <Icon name="copy" /> Clone
            </a>
          )}
        </p>
      ) : (
        !settings.may_change && (
          <p className="pg-note tone-running">
            <Icon name="lock" className="toned" />
            <span>Only admins author processes; you may look.</span>
          </p>
        )
      )}
      {notice && (
        <div className="pg-note tone-bad" role="alert">
          <Icon name="circle-alert" className="toned" />
          <span>{notice.text}</span>
          {notice.retry && (
            <button type="button" className="pg-button" onClick={notice.retry}>
              Do it again
            </button>
          )}
          <button type="button" className="row-tool" aria-label="Dismiss" onClick={() => store.dismiss()}>
            <Icon name="x" />
          </button>
        </div>
      )}
    </>
  );
}
