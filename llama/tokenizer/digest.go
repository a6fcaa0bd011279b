package tokenizer

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
)

// digestDomain is the domain string of a digest; its last word is the version of the
// encoding that the package's documentation defines.
const digestDomain = "fold tokenizer 1"

// Digest returns the SHA-256 of the parsed form of the tokenizer, in the encoding that the
// package's documentation defines under "The digest". It does not depend on the format of
// the tokenizer's file. Tokenizers with equal digests have equal definitions: they encode
// and decode alike and have the same chat template.
func (t *Tokenizer) Digest() [sha256.Size]byte { return t.def.digest() }

func (d *definition) digest() (sum [sha256.Size]byte) {
	w := digestWriter{sha256.New()}
	w.text(digestDomain)
	w.text(string(d.Alphabet))
	w.number(len(d.Pieces))
	for _, p := range d.Pieces {
		w.text(p)
	}
	w.number(len(d.Kinds))
	for _, k := range d.Kinds {
		w.number(int(k))
	}
	d.digestRule(&w)
	w.flags(d.WholeWords, d.ByteFallback, d.FuseUnknown, d.DropSpace)
	w.steps(d.Normalize)
	w.steps(d.Pretokenize)
	w.number(len(d.Trims))
	for _, t := range d.Trims {
		w.number(t.ID)
		w.flags(t.Left, t.Right)
	}
	w.number(d.BOS)
	w.flags(d.AddBOS)
	w.number(len(d.EOS))
	for _, id := range d.EOS {
		w.number(id)
	}
	w.number(d.Unknown)
	w.text(d.ChatTemplate)
	w.h.Sum(sum[:0])
	return sum
}

// digestRule writes the rule of merging: ranks or merges.
func (d *definition) digestRule(w *digestWriter) {
	if d.Merges == nil {
		w.text(ruleRanks)
		w.number(len(d.Ranks))
		for _, r := range d.Ranks {
			w.number(int(r))
		}
		return
	}
	w.text(ruleMerges)
	w.number(len(d.Merges))
	for _, m := range d.Merges {
		w.number(int(m[0]))
		w.number(int(m[1]))
	}
}

// digestWriter hashes values in an injective encoding.
type digestWriter struct{ h hash.Hash }

// number writes 8 bytes, little-endian, in two's complement.
func (w *digestWriter) number(n int) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(int64(n)))
	w.h.Write(b[:])
}

// text writes the length in bytes and the bytes.
func (w *digestWriter) text(s string) {
	w.number(len(s))
	w.h.Write([]byte(s))
}

// flags writes a byte for each value, 1 for true.
func (w *digestWriter) flags(values ...bool) {
	for _, v := range values {
		b := [1]byte{}
		if v {
			b[0] = 1
		}
		w.h.Write(b[:])
	}
}

func (w *digestWriter) steps(steps []step) {
	w.number(len(steps))
	for _, s := range steps {
		w.text(s.Type)
		w.text(s.Pattern)
		w.text(s.Content)
		w.text(s.Behavior)
		w.flags(s.Invert)
		w.text(s.Prepend)
		w.flags(s.Split)
	}
}
