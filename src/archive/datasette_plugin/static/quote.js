/* Quoting from the extracted text: what is selected there goes into the form, and what the
   citation box shows can be copied. The pages say and do the same without this script. */
"use strict";
(() => {
    const LONGEST = 5000;
    const PATIENCE = 250; // ms: a selection that still grows is not told yet
    const find = (id) => document.getElementById(id);
    const text = find("quotable");
    const words = find("quote");
    const near = find("near");
    const bar = find("picked");

    /* The text of a part of the page; characters that are shown by name are themselves again. */
    const read = (range) => {
        const part = range.cloneContents();
        for (const shown of part.querySelectorAll(".archive-hidden")) {
            shown.replaceWith(String.fromCodePoint(parseInt(shown.textContent.slice(2), 16)));
        }
        return part.textContent;
    };

    /* The part of a selection that lies in the text, or null. */
    const cut = (selection) => {
        if (!selection || selection.rangeCount === 0 || selection.isCollapsed) return null;
        const range = selection.getRangeAt(0).cloneRange();
        if (!range.intersectsNode(text)) return null;
        const whole = document.createRange();
        whole.selectNodeContents(text);
        if (range.compareBoundaryPoints(Range.START_TO_START, whole) < 0) {
            range.setStart(whole.startContainer, whole.startOffset);
        }
        if (range.compareBoundaryPoints(Range.END_TO_END, whole) > 0) {
            range.setEnd(whole.endContainer, whole.endOffset);
        }
        return range;
    };

    const pick = () => {
        const range = cut(document.getSelection());
        const picked = range ? read(range).trim() : "";
        if (!picked) return;
        const said = find("picked-words");
        const button = bar.querySelector("button");
        const length = [...picked].length;
        bar.hidden = false;
        button.disabled = length > LONGEST;
        said.textContent = button.disabled
            ? `${length} characters are selected; at most ${LONGEST} can be quoted.`
            : `${length} characters are selected.`;
        if (button.disabled) return;
        const before = document.createRange();
        before.selectNodeContents(text);
        before.setEnd(range.startContainer, range.startOffset);
        words.value = picked;
        near.value = String([...read(before)].length);
    };

    const copy = async (button) => {
        const source = find(button.dataset.copies);
        try {
            await navigator.clipboard.writeText(source.textContent);
            return true;
        } catch {
            // No clipboard here, or none for us: select it, and try what older browsers have.
            const selection = document.getSelection();
            selection.selectAllChildren(source);
            try {
                return document.execCommand("copy");
            } catch {
                return false;
            }
        }
    };

    if (text && words && bar) {
        let waiting = 0;
        document.addEventListener("selectionchange", () => {
            clearTimeout(waiting);
            waiting = setTimeout(pick, PATIENCE);
        });
        words.addEventListener("input", () => { near.value = "0"; });
        for (const hint of document.querySelectorAll(".js-only")) hint.hidden = false;
    }
    for (const button of document.querySelectorAll("button.copy")) {
        button.hidden = false;
        button.addEventListener("click", async () => {
            const done = await copy(button);
            find("copied").textContent = done
                ? `${button.textContent.replace("Copy", "Copied")}.`
                : "It is selected: press Ctrl+C, or ⌘C.";
        });
    }
})();
