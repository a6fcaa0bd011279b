package llama_test

import (
	"context"
	"fmt"
	"log"

	"fold.example/fold/llama"
)

// Continue a text greedily with a model from a folder.
func ExampleSession_Generate() {
	m, err := llama.Open("bard.fold")
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	prompt := []int{1, 42, 7} // from the model's tokenizer
	err = m.NewSession().Generate(context.Background(), prompt, llama.GenerateOptions{Tokens: 64, Stop: []int{2}},
		func(token int) error {
			fmt.Println(token)
			return nil
		})
	if err != nil {
		log.Fatal(err)
	}
}

// Compute every intermediate integer of a pass of four tokens, a block at a
// time, into the same memory.
func ExampleSession_Block() {
	m, err := llama.Open("bard.fold")
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	s, tokens := m.NewSession(), []int{1, 42, 7, 9}
	x := make([]int32, len(tokens)*m.Config.Dim)
	if err := s.Embed(tokens, x); err != nil {
		log.Fatal(err)
	}
	var block llama.BlockTrace
	for layer := range m.Layers {
		if err := s.Block(layer, 0, x, &block); err != nil {
			log.Fatal(err)
		}
		fmt.Println("largest sum of a softmax:", block.Sum[0])
	}
	var head llama.HeadTrace
	if err := s.Head(x, &head); err != nil {
		log.Fatal(err)
	}
	fmt.Println("next token:", head.Argmax[len(tokens)-1])
}
