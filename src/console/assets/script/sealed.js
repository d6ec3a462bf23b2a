// The browser's own copy of what is typed, within a second, sealed: for what the server does not have when the page dies.
(function () {
  "use strict";
  var entry = hall.entry, who = document.body.dataset.who, DAY = 24 * 3600 * 1000, PREFIX = "tanghulu.";
  var subtle = window.isSecureContext && window.crypto && window.crypto.subtle;
  var slot = null, soon = null, turn = 0;

  function stored(each) {
    try {
      Object.keys(localStorage).forEach(function (name) {
        if (name.indexOf(PREFIX) === 0) { each(name, JSON.parse(localStorage.getItem(name))); }
      });
    } catch (error) { /* a browser that stores nothing has nothing of ours */ }
  }
  function remove(name) { try { localStorage.removeItem(name); } catch (error) { /* as above */ } }
  stored(function (name, copy) { if (!(Math.abs(Date.now() - copy.at) < DAY)) { remove(name); } });
  // Whoever logs out leaves nothing behind.
  Array.prototype.forEach.call(document.querySelectorAll("form[action='/console/logout']"), function (form) {
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      stored(function (name) { if (name.indexOf(PREFIX + who + ".") === 0) { remove(name); } });
      hall.noteCopies().then(function () { hall.left = true; form.submit(); });
    });
  });
  // What the server has needs no copy here.
  hall.unseal = function () {
    turn += 1;
    clearTimeout(soon);
    soon = null;
    if (slot) { remove(slot); }
  };
  if (!entry || !entry.dataset.seal) { return; }
  if (!subtle) {
    if (hall.kept) { hall.kept.parentNode.appendChild(hall.make("span", hall.word("server"))).className = "kept"; }
    return;
  }
  slot = PREFIX + who + "." + hall.live.dataset.task;

  function bytes(hex) {
    return new Uint8Array((hex.match(/../g) || []).map(function (pair) { return parseInt(pair, 16); }));
  }
  function hex(buffer) {
    return Array.prototype.map.call(new Uint8Array(buffer), function (b) { return (b < 16 ? "0" : "") + b.toString(16); }).join("");
  }
  function way(copy) {
    return { name: "AES-GCM", iv: bytes(copy.iv), additionalData: new TextEncoder().encode(slot + " " + copy.at) };
  }
  function key(text) { return subtle.importKey("raw", bytes(text), "AES-GCM", false, ["encrypt", "decrypt"]); }
  function inputs() {
    return Array.prototype.filter.call(entry.elements, function (e) { return /^[fga]\./.test(e.name); });
  }
  function store() {
    soon = null;
    turn += 1;
    var mine = turn, texts = {}, copy = { at: Date.now(), iv: hex(window.crypto.getRandomValues(new Uint8Array(12))) };
    inputs().forEach(function (input) { texts[input.name] = input.value; });
    key(entry.dataset.seal).then(function (made) {
      return subtle.encrypt(way(copy), made, new TextEncoder().encode(JSON.stringify(texts)));
    }).then(function (box) {
      // Meanwhile the server may have it, or somebody else sit here.
      if (mine !== turn || hall.left) { return; }
      copy.box = hex(box);
      try { localStorage.setItem(slot, JSON.stringify(copy)); } catch (error) { /* the server's copy remains */ }
    });
  }
  entry.addEventListener("input", function () { if (!soon && !hall.left) { soon = setTimeout(store, 300); } });

  function offer(copy, texts) {
    var differ = inputs().filter(function (input) { return input.name in texts && texts[input.name] !== input.value; });
    if (!differ.length) { remove(slot); return; }
    var time = new Date(copy.at).toTimeString().slice(0, 5);
    hall.banner("typed", hall.word("typed") + " " + time, [
      hall.button(hall.word("restore"), function () {
        differ.forEach(function (input) { input.value = texts[input.name]; });
        hall.banner("typed", "");
        entry.dispatchEvent(new Event("input", { bubbles: true }));
      }),
      hall.button(hall.word("discard"), function () { hall.banner("typed", ""); remove(slot); })
    ]);
  }
  stored(function (name, copy) {
    if (name !== slot) { return; }
    var open = function (text) {
      return key(text).then(function (made) { return subtle.decrypt(way(copy), made, bytes(copy.box)); });
    };
    open(entry.dataset.seal).catch(function () { return open(entry.dataset.sealBefore); })
      .then(function (plain) { offer(copy, JSON.parse(new TextDecoder().decode(plain))); })
      .catch(function () { remove(slot); });
  });
})();
