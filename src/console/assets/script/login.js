// The session ended: for now, the login's own page says so.
(function () {
  "use strict";
  hall.out = function () { location.href = "/console/login?again=1"; };
})();
