/**
 * The kiosk's touch screen. The server decides what is shown; these make it easy to touch, to type and to leave. What only
 * some stations have (a camera, speech, a scanner that types) its page loads beside this.
 */
import "./kept-in.js";
import "./kiosk/arrows.js";
import "./kiosk/focus.js";
import "./kiosk/idle.js";
import "./kiosk/keypad.js";
import "./kiosk/keys.js";
import "./kiosk/menu.js";
import "./kiosk/mirror.js";
