package model

import (
	"fold.example/fold/llama/embedded"
	"fold.example/fold/llama/source"
)

// openSource opens a model to be imported: a path, or the name of an embedded
// one.
func openSource(ref string) (source.Source, error) {
	if embedded.Is(ref) {
		return embedded.Open(ref)
	}
	return source.Open(ref)
}
