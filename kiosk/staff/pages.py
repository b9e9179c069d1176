"""Signing in and out."""

from datetime import timedelta

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, TooManyRequests

from kiosk import access
from kiosk.clinic import clinic
from kiosk.guards import STAFF_COOKIE
from kiosk.rate import Rate
from kiosk.staff import records, rules

blueprint = Blueprint("staff", __name__, template_folder="templates")

MOST, PER = 30, timedelta(minutes=1)
"""Passwords that are checked for one address: each is slow on purpose, and a thread waits for it."""


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Ask for name and password; a right pair leads to where the person wanted to go."""
    wanted = onward(request.values.get("next", ""))
    if request.method == "GET":
        if access.principal().role in access.STAFF:
            return redirect(wanted, 303)
        return render_template("staff/sign_in.html", wanted=wanted, username="", refused=False)
    here = clinic()
    at = here.now()
    attempts: Rate = current_app.extensions.setdefault("sign_ins", Rate(MOST, PER))
    if attempts.exceeded(request.remote_addr or "", at):
        raise TooManyRequests(retry_after=int(PER.total_seconds()))
    username, password = request.form.get("username", ""), request.form.get("password", "")
    token = records.sign_in(here.database, username, password, at=at)
    if token is None:
        page = render_template("staff/sign_in.html", wanted=wanted, username=username[:64], refused=True)
        return page, 401
    forget_who_was_here()
    response = redirect(wanted, 303)
    response.set_cookie(
        STAFF_COOKIE, token, httponly=True, samesite="Lax", secure=here.config.https, max_age=rules.LONGEST
    )
    return response


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session here and on the server."""
    here = clinic()
    with here.database.begin(at=here.now()) as tx:
        records.sign_out(tx, request.cookies.get(STAFF_COOKIE, ""))
    forget_who_was_here()
    response = redirect(url_for("home.page"), 303)
    response.delete_cookie(STAFF_COOKIE)
    return response


def forget_who_was_here() -> None:
    """Drop the last person's desks and messages; forms that are open in other windows stay good."""
    for name in session.keys() - {"csrf_token"}:
        del session[name]


def onward(wanted: str) -> str:
    """Return the page of ours that was asked for, or the console."""
    if rules.safe_path(wanted):
        try:
            adapter = current_app.create_url_adapter(request)
            if adapter and adapter.match(wanted.partition("?")[0], method="GET")[0] != "staff.sign_in":
                return wanted
        except HTTPException:
            pass
    return url_for("console.page")
