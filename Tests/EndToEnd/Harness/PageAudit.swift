import Foundation

/// What a page must keep for people who do not see it as others do, looked for in the browser: a part of what WCAG
/// 2.2 asks for at level AA, as far as a machine can tell.
enum PageAudit {
    /// The mistakes of what the browser shows.
    static func mistakes(in browser: Browser) throws -> [String] { try browser.value(script) }

    private static let script = #"""
        const mistakes = [];
        const shown = (element) => element.checkVisibility({ visibilityProperty: true });
        const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
        const name = (element) => `${element.tagName.toLowerCase()}#${element.id}.${element.className}`;

        // 4.1.2: what can be used has a name.
        const named = (element) => {
          const labels = (element.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id));
          return [element.getAttribute("aria-label"), ...labels.map((label) => label?.textContent),
            ...[...(element.labels ?? [])].map((label) => label.textContent), element.textContent]
            .some((text) => text?.trim());
        };
        const usable = "a[href], button, input, select, summary, [role=listbox], [role=option], [role=progressbar], [role=region]";
        for (const element of all(usable)) if (!named(element)) mistakes.push(`no name: ${name(element)}`);
        for (const element of all("input, select")) {
          if (!element.labels.length && !element.getAttribute("aria-label")) mistakes.push(`no label: ${name(element)}`);
        }
        for (const element of all("img")) if (!element.hasAttribute("alt")) mistakes.push("an image without a text");

        // Ids are unique, and what refers to them finds them.
        const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
        ids.filter((id, index) => ids.indexOf(id) < index).forEach((id) => mistakes.push(`twice: ${id}`));
        for (const attribute of ["aria-labelledby", "aria-describedby", "for"]) {
          for (const element of all(`[${attribute}]`)) {
            for (const id of element.getAttribute(attribute).split(" ")) {
              if (!document.getElementById(id)) mistakes.push(`${attribute} to nothing: ${id}`);
            }
          }
        }

        // 1.3.1 and 2.4.6: one main part, headings in steps, columns and rows with headings.
        if (all("main").length !== 1) mistakes.push(`${all("main").length} main parts`);
        if (document.documentElement.lang !== "en" || !document.title) mistakes.push("no language or title");
        let before = 0;
        for (const heading of all("h1, h2, h3, h4")) {
          const level = Number(heading.tagName[1]);
          if (level > before + 1) mistakes.push(`heading ${level} after ${before}: ${heading.textContent}`);
          before = level;
        }
        if (all("h1").length !== 1) mistakes.push(`${all("h1").length} headings of the page`);
        for (const table of all("table")) {
          if (!table.querySelector("thead th[scope=col]")) mistakes.push("a table without headings");
        }

        // 1.4.3: text stands out from what is behind it.
        const numbers = (color) => {
          const parts = color.match(/[\d.]+/g).map(Number);
          return { rgb: parts.slice(0, 3), alpha: parts[3] ?? 1 };
        };
        const luminance = ([red, green, blue]) => [red, green, blue]
          .map((value) => value / 255)
          .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
          .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
        const behind = (element) => {
          for (let place = element; place; place = place.parentElement) {
            const color = numbers(getComputedStyle(place).backgroundColor);
            if (color.alpha === 1) return color.rgb;
            if (color.alpha > 0) mistakes.push(`a background that shines through: ${name(place)}`);
          }
          return [255, 255, 255];
        };
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let text = texts.nextNode(); text; text = texts.nextNode()) {
          const element = text.parentElement;
          if (!text.data.trim() || !shown(element) || element.closest(".visually-hidden, noscript, script, option")) continue;
          const style = getComputedStyle(element);
          const [light, dark] = [luminance(numbers(style.color).rgb), luminance(behind(element))].sort((a, b) => b - a);
          const contrast = (light + 0.05) / (dark + 0.05);
          const size = parseFloat(style.fontSize);
          const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
          if (contrast < (isLarge ? 3 : 4.5)) mistakes.push(`contrast ${contrast.toFixed(2)}: ${text.data.trim()} in ${name(element)}`);
        }
        return [...new Set(mistakes)];
        """#
}
