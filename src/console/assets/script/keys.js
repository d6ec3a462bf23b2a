// Keys: what each does is in the help dialog, where each can be another one or none. Kept in this browser.
(function () {
  "use strict";
  var entry = hall.entry, help = document.getElementById("help"), STORE = "tanghulu-keys";
  var usual = { send: "Ctrl+Enter", copy: "Alt+c", take: "Alt+n", find: "/", down: "j", up: "k", help: "?" };
  var own = {};
  try { own = JSON.parse(localStorage.getItem(STORE)) || {}; } catch (error) { /* the usual ones, then */ }
  function key(name) { return typeof own[name] === "string" ? own[name] : usual[name]; }
  function pressed(event) {
    var main = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    return (event.ctrlKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + main;
  }
  function click(id) {
    var button = document.getElementById(id);
    if (button) { button.click(); }
    return !!button;
  }
  function step(by) {
    var links = Array.prototype.slice.call(document.querySelectorAll(".queue tbody a"));
    var to = links[links.indexOf(document.activeElement) + by] || links[by > 0 ? 0 : links.length - 1];
    if (to) { to.focus(); }
    return !!to;
  }
  // Each says whether there was something to do.
  var does = {
    send: function () {
      var button = entry && entry.querySelector("button.main");
      if (button) { button.click(); }
      return !!button;
    },
    copy: function () {
      if (hall.rows.length) { hall.copyNext(); }
      return hall.rows.length > 0;
    },
    take: function () { return click("next"); },
    find: function () {
      var box = document.querySelector("input[type=search]");
      if (box) { box.focus(); }
      return !!box;
    },
    down: function () { return step(1); },
    up: function () { return step(-1); },
    help: function () {
      if (help && help.showModal && !help.open) { help.showModal(); return true; }
      return false;
    }
  };
  document.addEventListener("keydown", function (event) {
    // What an input method is still composing is no key of ours, nor is the Enter that ends it.
    if (event.isComposing || event.keyCode === 229 || document.querySelector("dialog[open]")) { return; }
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName), now = pressed(event);
    var name = Object.keys(usual).filter(function (name) { return key(name) === now; })[0];
    // A bare character is text wherever text is typed.
    if (name && !(typing && now.length === 1)) {
      if (does[name]()) { event.preventDefault(); }
      return;
    }
    if (event.key === "Enter" && typing && entry && entry.contains(event.target)) {
      event.preventDefault();
      var inputs = Array.prototype.filter.call(entry.elements, function (e) { return e.type !== "hidden" && e.tagName !== "FIELDSET" && !e.disabled; });
      var here = inputs.indexOf(event.target);
      if (inputs[here + 1]) { inputs[here + 1].focus(); }
    }
  });

  function show() {
    Array.prototype.forEach.call(help.querySelectorAll("input[data-key]"), function (input) { input.value = key(input.dataset.key); });
  }
  function set(name, to) {
    // One key does one thing.
    Object.keys(usual).forEach(function (other) { if (to && key(other) === to) { own[other] = ""; } });
    own[name] = to;
    try { localStorage.setItem(STORE, JSON.stringify(own)); } catch (error) { /* until the page is left */ }
    show();
  }
  if (help) {
    show();
    help.addEventListener("keydown", function (event) {
      var name = event.target.dataset.key;
      if (!name || /^(Tab|Escape|Shift|Control|Alt|Meta)$/.test(event.key)) { return; }
      event.preventDefault();
      set(name, /^(Backspace|Delete)$/.test(event.key) ? "" : pressed(event));
    });
    help.addEventListener("click", function (event) { if (event.target.dataset.off) { set(event.target.dataset.off, ""); } });
    document.getElementById("keys-usual").addEventListener("click", function () {
      own = {};
      try { localStorage.removeItem(STORE); } catch (error) { /* as above */ }
      show();
    });
    document.getElementById("keys-close").addEventListener("click", function () { help.close(); });
  }
  var open = document.getElementById("keys-open");
  if (open) { open.hidden = false; open.addEventListener("click", does.help); }
  var print = document.getElementById("print");
  if (print) { print.hidden = false; print.addEventListener("click", function () { window.print(); }); }
  var errors = document.getElementById("errors");
  if (errors) { errors.focus(); }
})();
