var e=window.matchMedia("(min-width: 60rem)");function n(){for(let t of document.querySelectorAll("[data-open-wide]"))t.open=e.matches}n();e.addEventListener("change",n);
