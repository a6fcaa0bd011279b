package tokenizer

// setSPM completes the definition of a SentencePiece vocabulary by the rules of LLaMA-2: a
// space is prepended to a text (also after every special token, as the reference
// implementations do), spaces become U+2581, the highest score merges first, and decoding
// drops the first space. Without dummyPrefix no space is prepended or dropped.
func (d *definition) setSPM(scores []float32, dummyPrefix bool) (err error) {
	d.Alphabet = alphabetChars
	d.DropSpace = dummyPrefix
	if dummyPrefix {
		d.Normalize = append(d.Normalize, step{Type: stepPrepend, Content: " "})
	}
	d.Normalize = append(d.Normalize, step{Type: stepReplace, Pattern: " ", Content: spaceMark})
	if len(scores) != len(d.Pieces) {
		return malformed("%d scores, expected %d, one for each token", len(scores), len(d.Pieces))
	}
	d.Ranks, err = ranksOfScores(scores)
	return err
}
