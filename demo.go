package fold

import (
	"fold.example/fold/llama/embedded"
)

// DemoModel is the name of the default embedded model.
const DemoModel = embedded.Demo

// EmbeddedModels returns the names of the embedded models, the demo model first: "bard", in
// half precision, and "bard-ternary", with ternary weights. Both have 0.77 million
// parameters and were trained for this project on the plays of Shakespeare. Package
// fold/llama/embedded has their descriptions and the training script.
//
// A name always means the embedded model. A folder of the same name is given as ./bard.
func EmbeddedModels() []string { return embedded.Names() }

// IsEmbedded reports whether ref is the name of an embedded model.
func IsEmbedded(ref string) bool { return embedded.Is(ref) }
