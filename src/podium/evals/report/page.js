"use strict";
(() => {
  const rows = JSON.parse(document.getElementById("rows").textContent);
  const body = document.getElementById("cases"), find = document.getElementById("find");
  const told = document.getElementById("told"), back = document.getElementById("back"), next = document.getElementById("next");
  const SIZE = 50;
  let shown = rows, page = 0, column = 3, up = true;

  const compare = (a, b) => {
    const x = a[column], y = b[column];
    if (x === y) return 0;
    if (x === null) return -1;
    if (y === null) return 1;
    return (x < y ? -1 : 1) * (up ? 1 : -1);
  };
  const draw = () => {
    body.replaceChildren(...shown.slice(page * SIZE, (page + 1) * SIZE).map((row) => {
      const line = document.createElement("tr");
      row.forEach((value, place) => {
        const cell = document.createElement("td");
        if (place === 1 || place === 3 || place === 4) cell.className = "number";
        cell.textContent = value === null ? "–" : typeof value === "number" && place > 1 ? value.toFixed(3) : String(value);
        line.append(cell);
      });
      return line;
    }));
    const last = Math.max(1, Math.ceil(shown.length / SIZE));
    told.textContent = `${shown.length.toLocaleString("en")} runs, page ${page + 1} of ${last}`;
    back.disabled = page === 0;
    next.disabled = page + 1 >= last;
  };
  const choose = () => {
    const wanted = find.value.toLowerCase();
    shown = rows.filter((row) => row.some((value) => String(value ?? "").toLowerCase().includes(wanted))).sort(compare);
    page = 0;
    draw();
  };
  find.addEventListener("input", choose);
  back.addEventListener("click", () => { page -= 1; draw(); });
  next.addEventListener("click", () => { page += 1; draw(); });
  document.querySelectorAll("#all th").forEach((head, place) => head.addEventListener("click", () => {
    up = place === column ? !up : true;
    column = place;
    choose();
  }));
  choose();
})();
