package tokenizer

// setSPM completes the definition of a SentencePiece vocabulary: pieces, kinds
// and scores to the rules of LLaMA-2. A text gets a space in front (also after
// every special token, as the reference implementations do), spaces are written
// U+2581, the best score merges first, and decoding drops the first space.
func (d *definition) setSPM(scores []float32, dummyPrefix bool) (err error) {
	d.Alphabet = alphabetChars
	d.DropSpace = dummyPrefix
	if dummyPrefix {
		d.Normalize = append(d.Normalize, step{Type: stepPrepend, Content: " "})
	}
	d.Normalize = append(d.Normalize, step{Type: stepReplace, Pattern: " ", Content: spaceMark})
	if len(scores) != len(d.Pieces) {
		return malformed("%d scores for %d tokens", len(scores), len(d.Pieces))
	}
	d.Ranks, err = ranksOfScores(scores)
	return err
}
