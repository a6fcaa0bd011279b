package fold

import (
	"fold.example/fold/llama/embedded"
)

// DemoModel is the embedded model that is used unless another is named.
const DemoModel = embedded.Demo

// EmbeddedModels returns the names of the models in the program, the demo model
// first: "bard", in half precision, and "bard-ternary", with ternary weights. Both
// have 0.77 million parameters and were trained for this project on the plays of
// Shakespeare; package fold/llama/embedded has their descriptions and the training script.
//
// A name always means the embedded model; a folder that happens to be called
// the same is ./bard.
func EmbeddedModels() []string { return embedded.Names() }

// IsEmbedded tells whether ref is the name of an embedded model.
func IsEmbedded(ref string) bool { return embedded.Is(ref) }
