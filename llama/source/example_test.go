package source_test

import (
	"fmt"
	"log"

	"fold.example/fold/llama/source"
)

func Example() {
	s, err := source.Open("../embedded/bard/bard-q8_0.gguf")
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()

	up := source.Tensor{Layer: 3, Kind: source.Up}
	rows, cols, err := s.Dims(up)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Format(), up, s.Type(up), rows, cols)

	group := make([]float32, 16*cols) // sixteen rows at a time
	for lo := 0; lo < rows; lo += 16 {
		if err := s.ReadRows(up, lo, lo+16, group); err != nil {
			log.Fatal(err)
		}
	}
	// Output: GGUF version 3 layer 3 up Q8_0 352 128
}
