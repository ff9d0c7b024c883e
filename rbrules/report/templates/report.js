"use strict";
(() => {
  const lang = document.documentElement.lang;
  const order = new Intl.Collator(lang, { numeric: true });

  // Sorting: a button in each header; equal rows keep the order of the report.
  const keyOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.key ?? cell.textContent.trim();
  };
  const compare = (one, other, isNumeric) => {
    if (one === "" || other === "") return (one === "") - (other === "");
    return isNumeric ? one - other : order.compare(one, other);
  };
  const sort = (table, column, direction) => {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [keyOf(row, column), row]);
    const isNumeric = rows.every(([key]) => key === "" || !Number.isNaN(Number(key)));
    rows.sort(([one], [other]) =>
      one === "" || other === "" ? compare(one, other) : direction * compare(one, other, isNumeric));
    body.append(...rows.map(([, row]) => row));
  };
  for (const table of document.querySelectorAll("table[data-sort]")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      if ("fixed" in head.dataset) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const isUp = head.getAttribute("aria-sort") !== "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", isUp ? "ascending" : "descending");
        sort(table, column, isUp ? 1 : -1);
      });
    });
  }

  // Filters: hidden without a script; how many rows are shown is always told, in print too.
  for (const form of document.querySelectorAll("form.filter")) {
    const rows = [...document.getElementById(form.dataset.for).tBodies[0].rows];
    const texts = new Map(rows.map((row) => [row, row.textContent.toLocaleLowerCase(lang)]));
    const told = form.querySelector("output");
    const apply = () => {
      const given = Object.fromEntries(new FormData(form));
      const words = (given.text ?? "").toLocaleLowerCase(lang).split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const fits = words.every((word) => texts.get(row).includes(word))
          && (!given.severity || row.dataset.severity === given.severity)
          && (!given.addressee || row.dataset.addressees.split(" ").includes(given.addressee));
        row.hidden = !fits;
        shown += fits;
      }
      form.classList.toggle("active", shown < rows.length);
      told.value = form.dataset.words.replace("{shown}", shown).replace("{total}", rows.length);
    };
    form.addEventListener("input", apply);
    form.addEventListener("reset", () => setTimeout(apply));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
    apply();
  }
  // A link to a finding that the filter hides shows it.
  window.addEventListener("hashchange", () => {
    const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!row?.hidden) return;
    row.closest("section").querySelector("form.filter").reset();
    setTimeout(() => row.scrollIntoView());
  });

  // Details are open in the page itself, for readers without a script and for print.
  const details = [...document.querySelectorAll("details")];
  for (const part of details) part.open = false;
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = details.filter((part) => !part.open);
    for (const part of closed) part.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const part of closed) part.open = false;
  });
})();
