/**
 * What this kiosk's camera sees, as in a mirror, on the pages that ask to hold something before it. The pictures come from
 * the device host on this very machine (docs/camera.md). They are drawn and forgotten, and no script can read them back.
 */

const NEXT_MS = 100;
const AGAIN_MS = 2000;

const live = document.getElementById("live");
const allowed = live.dataset.mirrors; // what this document's policy lets through
let address = "";
let looks = 0;

/** The page with the mirror came or went, or is another question's. */
function look() {
  const box = live.querySelector("[data-mirror]");
  const wanted = document.hidden ? "" : (box?.dataset.mirror ?? "");
  if (wanted === address) return;
  address = wanted;
  if (!wanted) return;
  if (new URL(wanted).origin === allowed) follow(wanted, box.querySelector("canvas"));
  else location.reload(); // the camera came after this document: it needs another policy
}

async function follow(mine, canvas) {
  while (mine === address) {
    const picture = new Image();
    picture.src = `${mine}/${++looks}.jpg`;
    const came = await picture.decode().then(() => true, () => false);
    if (mine !== address) return;
    if (came) draw(picture, canvas);
    canvas.hidden = !came;
    await new Promise((next) => setTimeout(next, came ? NEXT_MS : AGAIN_MS));
  }
}

function draw(picture, canvas) {
  [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
  canvas.getContext("2d").drawImage(picture, 0, 0);
}

document.addEventListener("live:updated", look);
document.addEventListener("visibilitychange", look);
look();
