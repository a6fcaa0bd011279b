package fold_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"fold.example/fold"
)

// An embedded model needs no preparation. Its output is the same on every machine.
func ExampleModel_Run() {
	m, err := fold.OpenModel(context.Background(), fold.DemoModel, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	var texts []string
	s, err := m.Run(context.Background(), fold.RunOptions{Prompt: "ROMEO:", N: 8}, func(e fold.Event) {
		if t, ok := e.(fold.Token); ok {
			texts = append(texts, t.Text)
		}
	})
	fmt.Printf("%q\n%d tokens of prompt, %d of output, %v\n", texts, len(s.PromptIDs), len(s.OutputIDs), err)
	// Output:
	// ["\n" "I" " am" " a" " b" "a" "w" "d"]
	// 7 tokens of prompt, 8 of output, <nil>
}

func ExampleModel_Tokenize() {
	m, err := fold.OpenModel(context.Background(), fold.DemoModel, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	t := m.Tokenize("O, thou</s>")
	fmt.Println(t.IDs)
	fmt.Printf("%q\n", t.Pieces)
	// Output:
	// [48 13 344 1]
	// ["O" "," " thou" "</s>"]
}

// A model is imported once; later calls need only its folder. The path of a Hugging Face
// folder, a .gguf file or a llama2.c .bin file may replace the embedded model's name.
func ExampleImportModel() {
	dir, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	model := filepath.Join(dir, "bard")
	s, err := fold.ImportModel(context.Background(), "bard-ternary", model, fold.ImportOptions{}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Params, "parameters,", s.Layers, "layers,", s.Scheme)
	m, err := fold.OpenModel(context.Background(), model, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	fmt.Println(m.Validate())
	// Output:
	// 771200 parameters, 4 layers, ternary
	// <nil>
}

// Evaluate measures the distance of the integer model from the float model from which it
// was imported.
func ExampleModel_Evaluate() {
	m, err := fold.OpenModel(context.Background(), fold.DemoModel, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	card, err := m.Evaluate(context.Background(), fold.EvalOptions{MaxTokens: 512}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(card.Tokens, "tokens; the same choice in more than 99 %:", card.Top1 > 0.99)
	// Output:
	// 512 tokens; the same choice in more than 99 %: true
}

// A development key is marked, so that it cannot be mistaken for a ceremony's key.
func ExampleSetup() {
	dir, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	key := filepath.Join(dir, "key")
	opts := fold.SetupOptions{Development: true, Size: 1 << 8}
	if _, err := fold.Setup(context.Background(), key, opts, nil); err != nil {
		fmt.Println(err)
		return
	}
	i, err := fold.Inspect(key)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(i.Kind)
	for _, f := range i.Fields {
		if f.Name != "srs" { // a new key has a new id
			fmt.Println(f.Name, f.Value)
		}
	}
	// Output:
	// commitment key
	// kind development
	// ceremony DEVELOPMENT KEY, NOT A CEREMONY: whoever made it can forge proofs
	// label DEVELOPMENT KEY, NOT A CEREMONY: whoever made it can forge proofs
	// curve BN254 G1
	// points 256
	// checked the header alone: points are checked when they are used
}

// Errors say what a caller can do.
func ExampleInspect() {
	_, err := fold.Inspect("README.md")
	fmt.Println(errors.Is(err, fold.ErrFormat))
	// Output: true
}
