package model

import (
	"fold.example/fold/llama/embedded"
	"fold.example/fold/llama/source"
)

// openSource opens a model for import, given by a path or by the name of an embedded model.
func openSource(ref string) (source.Source, error) {
	if embedded.Is(ref) {
		return embedded.Open(ref)
	}
	return source.Open(ref)
}
