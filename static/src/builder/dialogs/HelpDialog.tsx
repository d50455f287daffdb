/** Every key of the builder. */

import { Modal } from "./Modal";

const KEYS: [string, [string, string][]][] = [
  [
    "Build",
    [
      ["Tab", "Add a node (on the canvas)"],
      ["C", "Connect the selected node to another"],
      ["Enter", "Go to the form of the selected node"],
      ["F2", "Rename"],
      ["D", "Disable or enable"],
      ["Delete", "Delete what is selected"],
      ["Arrow keys", "Move the selected nodes"],
    ],
  ],
  [
    "Edit",
    [
      ["Ctrl S", "Save now"],
      ["Ctrl Z", "Undo"],
      ["Ctrl Shift Z", "Redo"],
      ["Ctrl C, X, V", "Copy, cut, paste, also between tabs"],
      ["Ctrl D", "Duplicate"],
      ["Ctrl A", "Select all"],
      ["Shift drag", "Select with a box"],
    ],
  ],
  [
    "Look around",
    [
      ["Alt arrow keys", "Go to the nearest node that way"],
      ["/", "Find a node"],
      ["0", "Fit the graph into view"],
      ["L", "Arrange the graph"],
      ["Escape", "Close, or select nothing"],
      ["?", "This help"],
    ],
  ],
];

export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Modal title="Keys of the builder" onClose={onClose} isWide>
      <div className="mt-3 grid gap-x-8 gap-y-4 sm:grid-cols-3">
        {KEYS.map(([title, rows]) => (
          <section key={title}>
            <h3 className="mb-1">{title}</h3>
            <dl className="key-list">
              {rows.map(([key, meaning]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <div className="mt-4 flex justify-end">
        <button type="button" className="btn btn-sm btn-line" onClick={onClose}>
          Close
        </button>
      </div>
    </Modal>
  );
}
