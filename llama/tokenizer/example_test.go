package tokenizer_test

import (
	"fmt"
	"os"

	"fold.example/fold/llama/tokenizer"
)

// Encode a prompt, and print a model's answer token by token.
func ExampleTokenizer_NewDecoder() {
	data, err := os.ReadFile("../embedded/bard/tokenizer.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	tok, err := tokenizer.FromJSON(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	var prompt []int
	if bos, add := tok.BOS(); add {
		prompt = append(prompt, bos)
	}
	prompt = append(prompt, tok.Encode("ROMEO:")...)

	out := tok.NewDecoder(prompt...)
	for _, id := range tok.EncodeOrdinary("\nO, é!") { // as if a model had chosen them
		if tok.IsEOS(id) {
			break
		}
		fmt.Printf("%q ", out.Write(id))
	}
	fmt.Printf("%q\n", out.Flush())
	// Output: "\n" "O" "," " " "" "é" "!" ""
}
