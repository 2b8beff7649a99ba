/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a page can do besides being read: sort and filter tables, copy commands, zoom into pictures. All that is added here works on what is
 * there without it. */
"use strict";
(function () {
  function value(row, column) {
    var cell = row.cells[column];
    var v = cell.getAttribute("data-v");
    return v === null ? cell.textContent.trim().toLowerCase() : Number(v);
  }
  function compare(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
  }
  function sort(table, column, heading) {
    var up = heading.getAttribute("aria-sort") !== "ascending";
    var body = table.tBodies[0];
    var rows = Array.prototype.slice.call(body.rows);
    rows.sort(function (r, s) {
      var order = compare(value(r, column), value(s, column));
      return up ? order : -order;
    });
    rows.forEach(function (row) { body.appendChild(row); });
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) {
      other.removeAttribute("aria-sort");
    });
    heading.setAttribute("aria-sort", up ? "ascending" : "descending");
  }
  function makeSortable(table) {
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (heading, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = heading.textContent;
      heading.textContent = "";
      heading.appendChild(button);
      button.addEventListener("click", function () { sort(table, column, heading); });
    });
  }
  function makeFiltered(table) {
    var tools = document.createElement("div");
    var label = document.createElement("label");
    var input = document.createElement("input");
    var only = document.createElement("label");
    var check = document.createElement("input");
    var count = document.createElement("span");
    function apply() {
      var words = input.value.toLowerCase().split(/\s+/);
      var shown = 0;
      Array.prototype.forEach.call(table.tBodies[0].rows, function (row) {
        var text = row.textContent.toLowerCase();
        var fits = words.every(function (word) { return text.indexOf(word) >= 0; });
        row.hidden = !fits || (check.checked && !row.classList.contains("failed"));
        shown += row.hidden ? 0 : 1;
      });
      count.textContent = shown + " of " + table.tBodies[0].rows.length;
    }
    tools.className = "tools";
    input.type = "search";
    check.type = "checkbox";
    count.setAttribute("role", "status");
    label.textContent = "Filter ";
    label.appendChild(input);
    only.appendChild(check);
    only.appendChild(document.createTextNode(" failures only"));
    tools.appendChild(label);
    if (table.querySelector("tbody tr.failed"))
      tools.appendChild(only);
    tools.appendChild(count);
    input.addEventListener("input", apply);
    check.addEventListener("change", apply);
    table.parentNode.parentNode.insertBefore(tools, table.parentNode);
    apply();
  }
  function select(node) {
    var range = document.createRange();
    var selection = window.getSelection();
    range.selectNodeContents(node);
    selection.removeAllRanges();
    selection.addRange(range);
  }
  function makeCopied(block) {
    var code = block.querySelector("code");
    var button = document.createElement("button");
    function tell(word) {
      button.textContent = word;
      setTimeout(function () { button.textContent = "Copy"; }, 2000);
    }
    function byHand() {
      select(code);
      tell(document.execCommand("copy") ? "Copied" : "Selected");
    }
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy the command");
    button.addEventListener("click", function () {
      if (!navigator.clipboard) {
        byHand();
        return;
      }
      navigator.clipboard.writeText(code.textContent).then(function () { tell("Copied"); }, byHand);
    });
    block.classList.add("with-copy");
    block.appendChild(button);
  }
  /* A picture grows in its box, which scrolls: by buttons, and by + - 0 where the box has the focus. */
  function makeZoomed(box) {
    var picture = box.querySelector("svg");
    var tools = document.createElement("div");
    var now = document.createElement("span");
    var factor = 1, natural = 0;
    function zoom(next) {
      var to = Math.min(8, Math.max(0.5, next));
      var rate = to / factor;
      var x = (box.scrollLeft + box.clientWidth / 2) * rate - box.clientWidth / 2;
      var y = (box.scrollTop + box.clientHeight / 2) * rate - box.clientHeight / 2;
      natural = natural || picture.getBoundingClientRect().width;
      if (natural === 0)
        return;
      factor = to;
      box.classList.toggle("zoomed", factor !== 1);
      picture.style.width = factor === 1 ? "" : natural * factor + "px";
      if (factor === 1)
        natural = 0;
      box.scrollLeft = x;
      box.scrollTop = y;
      now.textContent = Math.round(100 * factor) + " %";
    }
    function add(sign, what, next) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = sign;
      button.setAttribute("aria-label", what + ": " + box.getAttribute("aria-label"));
      button.addEventListener("click", function () { zoom(next()); });
      tools.appendChild(button);
    }
    tools.className = "tools zoom";
    now.setAttribute("role", "status");
    add("\u2212", "Zoom out", function () { return factor / 1.5; });
    add("+", "Zoom in", function () { return factor * 1.5; });
    add("1:1", "As it was", function () { return 1; });
    tools.appendChild(now);
    box.addEventListener("keydown", function (event) {
      if (event.target !== box || event.ctrlKey || event.metaKey || event.altKey)
        return;
      if (event.key === "+" || event.key === "=")
        zoom(factor * 1.5);
      else if (event.key === "-")
        zoom(factor / 1.5);
      else if (event.key === "0")
        zoom(1);
      else
        return;
      event.preventDefault();
    });
    box.parentNode.insertBefore(tools, box);
  }
  document.querySelectorAll("figure .scroll").forEach(makeZoomed);
  document.querySelectorAll("table.sortable").forEach(makeSortable);
  document.querySelectorAll("table.filtered").forEach(makeFiltered);
  document.querySelectorAll(".command").forEach(makeCopied);
})();
