// Package chat renders chat templates. A chat template is a Jinja template, in a model's
// tokenizer_config.json or GGUF metadata, that turns a conversation into the text format
// that the model was trained on.
//
// Rendering follows the transformers library: the newline after a block and the blanks
// before it are removed; the globals are messages, add_generation_prompt, bos_token,
// eos_token, raise_exception and strftime_now; tojson writes the same text as Python's
// json.dumps.
//
// # Hostile templates
//
// A template comes with a model and is not trusted. It cannot read files: include, import
// and extends do not exist. Rendering ends: macros, calls and recursive loops do not
// exist, so nothing recurses, and the rounds and the time of all loops together are
// bounded. Memory is bounded: every value that gets a name is measured, and operators and
// filters that make large values from small ones are absent, limited in number, or checked
// before they run. The error names what was refused and wraps [ErrTemplate] or [ErrLimit].
package chat
