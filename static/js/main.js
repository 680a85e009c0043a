// The behaviours of every page. Each module registers itself on the document, so swapped fragments need no second start.
import "clock";
import "title";
import "timer-sheet";
import "timer-refresh";
import "timer";
import "idle";
import "earlier";
import "timer-recent";
import "entry-form";
import "quick-entry";
import "day-line";
import "picker";
import "dialog";
import "menu";
import "toasts";
import "errors";
import "busy";
import "theme";
import "palette";
import "shortcuts";
import "currency";
import "bulk";
import "bulk-sums";
import "tag-names";

// What is for a dead line can wait until the page stands.
const whenIdle = window.requestIdleCallback ?? setTimeout;
if (document.getElementById("sync-state")) whenIdle(() => import("offline/presence"));
