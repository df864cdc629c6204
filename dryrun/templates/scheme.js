(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");
  try {
    var chosen = localStorage.getItem("dry-run-scheme");
    if (chosen === "light" || chosen === "dark") root.dataset.scheme = chosen;
  } catch (error) { /* A page without storage follows the system. */ }
})();
