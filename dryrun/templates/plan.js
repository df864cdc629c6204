(function () {
  "use strict";
  var root = document.documentElement;
  var tree = document.getElementById("tree");
  var filter = document.getElementById("filter");
  var matches = document.getElementById("matches");
  var scheme = document.getElementById("scheme");
  var dark = matchMedia("(prefers-color-scheme: dark)");
  var list = function (selector, inside) { return Array.from((inside || document).querySelectorAll(selector)); };

  function isDark() { return root.dataset.scheme ? root.dataset.scheme === "dark" : dark.matches; }
  function label() { scheme.textContent = isDark() ? "Light" : "Dark"; scheme.title = "Show the page " + (isDark() ? "light" : "dark"); }
  scheme.addEventListener("click", function () {
    root.dataset.scheme = isDark() ? "light" : "dark";
    try { localStorage.setItem("dry-run-scheme", root.dataset.scheme); } catch (error) { /* Lasts as long as the page. */ }
    label();
  });
  dark.addEventListener("change", label);
  label();

  var resources = list(".resource", tree).map(function (element) {
    return { element: element, text: element.textContent.toLowerCase() };
  });
  function show() {
    var words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    var found = 0;
    resources.forEach(function (resource) {
      var hit = words.every(function (word) { return resource.text.indexOf(word) >= 0; });
      resource.element.hidden = !hit;
      found += hit;
    });
    list(".component, .group", tree).forEach(function (element) {
      element.hidden = words.length > 0 && !element.querySelector(".resource:not([hidden])");
      if (element.open !== undefined) element.open = words.length > 0 && !element.hidden;
    });
    matches.textContent = words.length ? found + " of " + resources.length : "";
  }
  filter.addEventListener("input", show);
  function setAll(open) { list("details", tree).forEach(function (element) { element.open = open && !element.hidden; }); }
  document.getElementById("expand").addEventListener("click", function () { setAll(true); });
  document.getElementById("collapse").addEventListener("click", function () { setAll(false); });

  function open() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.closest("[hidden]")) { filter.value = ""; show(); }
    for (var place = target; place; place = place.parentElement) if (place.tagName === "DETAILS") place.open = true;
    target.scrollIntoView();
  }
  addEventListener("hashchange", open);
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) { event.preventDefault(); open(); }
  });
  open();

  function select(element) {
    var range = document.createRange();
    range.selectNodeContents(element);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  }
  list(".copy").forEach(function (button) {
    button.addEventListener("click", function () {
      var text = button.nextElementSibling;
      var done = function () { button.textContent = "Copied"; setTimeout(function () { button.textContent = "Copy"; }, 1500); };
      var byHand = function () { select(text); if (document.execCommand("copy")) done(); };
      if (navigator.clipboard) navigator.clipboard.writeText(text.textContent).then(done, byHand); else byHand();
    });
  });
})();
