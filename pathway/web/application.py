"""Building the web application on an opened store."""

from flask import Flask
from flask_babel import Babel
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from pathway.kernel.settings import ROOT, Settings
from pathway.store.opening import Store
from pathway.web import account, components, counsellor, jobseeker, operator, outside, reviewer, supervisor
from pathway.web.compression import install_compression
from pathway.web.errors import install_errors
from pathway.web.gate import install_gate
from pathway.web.jinja import install_jinja
from pathway.web.languages import install_languages
from pathway.web.logs import install_logs
from pathway.web.origin import install_same_site
from pathway.web.quota import install_quota
from pathway.web.security import install_headers, install_security_contact
from pathway.web.sms_replies import install_sms_replies
from pathway.web.uploads import install_uploads

_LARGEST_REQUEST = 2 * 1024 * 1024


def build(settings: Settings, store: Store) -> Flask:
    """The WSGI application: closed by default, French, one gate before every view."""
    app = Flask("pathway", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(
        SECRET_KEY=store.keyring.session_key,
        DEBUG=False,  # whatever the environment says
        SESSION_COOKIE_NAME="__Host-carte_form" if settings.secure_cookies else "carte_form",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=4 * 3600,
        WTF_CSRF_SSL_STRICT=False,  # it asks for a Referer, which our pages have browsers withhold: `install_same_site`
        MAX_CONTENT_LENGTH=_LARGEST_REQUEST,
        MAX_FORM_PARTS=500,
        TRUSTED_HOSTS=settings.trusted_hosts.split() or None,
        PUBLIC_URL=settings.public_url.rstrip("/"),
        BABEL_DEFAULT_LOCALE="fr",
        BABEL_DEFAULT_TIMEZONE="Europe/Paris",
    )
    app.url_map.strict_slashes = False
    app.extensions["carte_settings"] = settings
    Babel(app)
    install_logs(app, is_demo=store.is_demo)
    install_headers(app)  # first in, last out: headers cover every other answer
    install_same_site(app)
    install_compression(app)
    install_languages(app)  # before the gate, whose refusals are said in that language
    install_uploads(app)  # before what reads forms: the gate does, of a form that comes too late
    install_gate(app, store)
    csrf = CSRFProtect(app)
    install_quota(app, settings)  # after the gate: it asks who acts
    install_jinja(app)
    install_errors(app)
    install_security_contact(app, settings)
    install_sms_replies(app, csrf, settings)
    for audience in (account, counsellor, jobseeker, operator, outside, reviewer, supervisor):
        app.register_blueprint(audience.blueprint)
    if store.is_demo:
        app.register_blueprint(components.blueprint)
    if settings.proxy_hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # the documented way to install it
            app.wsgi_app, x_for=settings.proxy_hops, x_proto=settings.proxy_hops, x_host=settings.proxy_hops
        )
    return app
