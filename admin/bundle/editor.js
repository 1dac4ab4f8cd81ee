// What pages use of CodeMirror: one editor in the place of a textarea, with remarks at its lines.
// scripts/assets bundles this into admin/static/vendor/editor.js.
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, temporarilySetTabFocusMode } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// The page's own colours: custom properties reach into the shadow root, in either theme.
const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--surface)", fontSize: "var(--text-s)", height: "100%" },
  "&.cm-focused": { outline: "2px solid var(--accent)" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--surface-sunk)", color: "var(--ink-soft)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--accent) 8%, transparent)" },
  "& .cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground":
    { backgroundColor: "color-mix(in srgb, var(--accent) 28%, transparent)" },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line-strong)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  // Its own marks are pictures in addresses, which the page's policy does not load.
  ".cm-lint-marker": { width: "0.7em", height: "0.7em", borderRadius: "50%" },
  ".cm-lint-marker-error": { content: "normal", backgroundColor: "var(--bad-ink)" },
  ".cm-lint-marker-warning": { content: "normal", backgroundColor: "var(--warn-ink)", borderRadius: "2px" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad-ink)" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--warn-ink)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad-ink)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn-ink)" },
  ".cm-textfield, .cm-button": { backgroundColor: "var(--surface-sunk)", backgroundImage: "none", color: "var(--ink)", borderColor: "var(--line-strong)" },
});
const colours = HighlightStyle.define([
  { tag: tags.comment, color: "var(--ink-soft)", fontStyle: "italic" },
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: [tags.string, tags.content], color: "var(--ink)" },
  { tag: [tags.punctuation, tags.separator, tags.bracket, tags.squareBracket, tags.brace], color: "var(--ink-faint)" },
]);

// In a shadow root CodeMirror adopts its style sheets instead of writing <style> elements, so
// that the page's policy need not allow any style but our own files.
export function editor(place, { text, label, readOnly = false, phrases = {}, complete, changed, save }) {
  const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        EditorState.phrases.of(phrases),
        EditorState.readOnly.of(readOnly),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
        EditorView.updateListener.of((update) => update.docChanged && changed?.(update.state.doc.toString())),
        // Escape, then Tab, leaves the editor: nobody is caught in it by the keyboard.
        keymap.of([
          { key: "Mod-s", run: () => (save?.(), true) },
          { key: "Escape", run: temporarilySetTabFocusMode },
          ...searchKeymap, ...lintKeymap, ...completionKeymap, ...foldKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab,
        ]),
        lineNumbers(), foldGutter(), lintGutter(), history(), search({ top: true }),
        highlightSpecialChars(), drawSelection(), highlightActiveLine(), highlightActiveLineGutter(),
        highlightSelectionMatches(), indentOnInput(), bracketMatching(),
        autocompletion({ override: complete ? [(context) => complete(context)] : [] }),
        yaml(), syntaxHighlighting(colours), look,
      ],
    }),
  });
  return {
    get text() { return view.state.doc.toString(); },
    set text(value) { view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } }); },
    /** Remarks are {line, column, severity, message}, lines and columns from 1. */
    remark(remarks) { view.dispatch(setDiagnostics(view.state, remarks.map((each) => diagnostic(view.state.doc, each)))); },
    go(line, column) {
      const { from } = span(view.state.doc, { line, column });
      view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
      view.focus();
    },
  };
}

function diagnostic(doc, { line, column, severity, message }) {
  return { ...span(doc, { line, column }), severity, message };
}

// From a place to the end of the word there, or of the line where there is none.
function span(doc, { line, column }) {
  const at = doc.line(Math.min(Math.max(line ?? 1, 1), doc.lines));
  const from = Math.min(at.from + Math.max((column ?? 1) - 1, 0), at.to);
  const word = /^[^\s,:[\]{}#]+/.exec(at.text.slice(from - at.from));
  return { from, to: word ? from + word[0].length : at.to };
}
