"""Signing in, signing out, opening one's account: pages for everybody."""

from flask import Blueprint

from pathway.web.account import activation, home, mine, sign_in, sign_out

blueprint = Blueprint("account", __name__)
blueprint.add_url_rule("/", "home", home.view)
blueprint.add_url_rule("/connexion", "sign_in", sign_in.view, methods=["GET", "POST"])
blueprint.add_url_rule("/deconnexion", "sign_out", sign_out.view, methods=["POST"])
blueprint.add_url_rule("/activation", "activation", activation.view, methods=["GET", "POST"])
blueprint.add_url_rule("/activation/mot-de-passe", "activation_password", activation.password_view, methods=["POST"])
blueprint.add_url_rule("/mon-compte", "mine", mine.view)
