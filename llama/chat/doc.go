// Package chat renders chat templates: the Jinja templates, found in a model's
// tokenizer_config.json or GGUF metadata, that turn a conversation into the
// text the model was trained on.
//
// A template is rendered as the transformers library renders it: blocks lose
// the newline after and the blanks before them, the globals are messages,
// add_generation_prompt, bos_token, eos_token, raise_exception and
// strftime_now, and tojson writes what Python's json.dumps writes.
//
// # Hostile templates
//
// A template comes with a model and is not to be trusted. It sees no file: there
// is no include, import or extends. It always ends: macros, calls and recursive
// loops do not exist here, so that nothing recurses; loops have a total number
// of rounds and of time; and memory is bounded, for every value that gets a name
// is measured, and the operators and filters that make large values out of small
// ones are absent, limited in number or checked beforehand. What is refused is
// named in the error, which wraps [ErrTemplate] or [ErrLimit].
package chat
