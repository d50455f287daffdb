"""Addresses of the account pages."""

from django.urls import path

from orchestrator.accounts.web import keys, login, passwords, roles, security, settings_pages

app_name = "accounts"

urlpatterns = [
    path("login/", login.Login.as_view(), name="login"),
    path("login/code/", login.second_step, name="second-step"),
    path("logout/", login.Logout.as_view(), name="logout"),
    path("password/forgotten/", passwords.forgotten, name="forgotten"),
    path("password/<uidb64>/<token>/", passwords.SetPassword.as_view(), name="set-password"),
    path("sign-up/", passwords.sign_up_page, name="sign-up"),
    path("settings/", settings_pages.profile_page, name="settings"),
    path("settings/notifications/", settings_pages.notifications_page, name="notifications"),
    path("settings/roles/", roles.roles_page, name="roles"),
    path("settings/theme/", settings_pages.set_theme, name="theme"),
    path("settings/time-zone/", settings_pages.set_time_zone, name="time-zone"),
    path("settings/security/", security.security_page, name="security"),
    path("settings/security/log-out-everywhere/", security.log_out_everywhere, name="log-out-everywhere"),
    path("settings/security/sessions/<uuid:pk>/end/", security.end_browser, name="end-session"),
    path("settings/security/tokens/<uuid:pk>/end/", security.end_program, name="end-tokens"),
    path("settings/security/two-steps/", security.two_steps_page, name="two-steps"),
    path("settings/security/two-steps/off/", security.two_steps_off_page, name="two-steps-off"),
    path("settings/security/recovery-codes/", security.recovery_codes_page, name="recovery-codes"),
    path("settings/api-keys/", keys.keys_page, name="api-keys"),
    path("settings/api-keys/<uuid:pk>/revoke/", keys.revoke_key, name="revoke-key"),
]
