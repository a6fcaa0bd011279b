package tokenizer

import (
	"strings"
	"unicode/utf8"
)

// Piece returns the text that a token stands for by itself: the name of a
// control token, one byte of a byte token, else its text with U+2581 as a
// space. It need not be whole characters. An id out of range gives "".
func (t *Tokenizer) Piece(id int) string {
	if !t.def.has(id) {
		return ""
	}
	p := t.def.Pieces[id]
	if t.def.Kinds[id] == byteToken {
		if b, ok := parseByteToken(p); ok {
			return string([]byte{b})
		}
	}
	if t.def.Alphabet == alphabetChars {
		return strings.ReplaceAll(p, spaceMark, " ")
	}
	return p
}

// Decode returns the text of ids, which begin a text. Control tokens give
// nothing, bytes that are not UTF-8 give U+FFFD each. After the begin token, or
// at the start, the space that LLaMA-2's encoding puts in front is dropped.
func (t *Tokenizer) Decode(ids []int) string { return decodeAll(t.NewDecoder(), ids) }

// DecodeSpecial is Decode with the names of control tokens written out.
func (t *Tokenizer) DecodeSpecial(ids []int) string {
	d := t.NewDecoder()
	d.Special = true
	return decodeAll(d, ids)
}

func decodeAll(d *Decoder, ids []int) string {
	var out strings.Builder
	for _, id := range ids {
		out.WriteString(d.Write(id))
	}
	out.WriteString(d.Flush())
	return out.String()
}

// Decoder decodes a stream of tokens. What Write and Flush return, put
// together, is what Decode returns for all tokens at once.
type Decoder struct {
	// Special has the names of control tokens written out.
	Special bool

	t       *Tokenizer
	start   bool   // the next text begins the whole text
	pending string // the bytes of a character that is not complete
}

// NewDecoder returns a decoder for the tokens that follow those of context,
// for instance a prompt that has been printed already; without context, for a
// text from its beginning.
func (t *Tokenizer) NewDecoder(context ...int) *Decoder {
	d := &Decoder{t: t, start: true}
	for _, id := range context {
		d.Write(id)
	}
	d.pending = ""
	return d
}

// Write takes a token and returns the text that is now complete: always whole
// characters, possibly none.
func (d *Decoder) Write(id int) string {
	piece := d.t.Piece(id)
	if d.t.IsControl(id) {
		if id == d.t.def.BOS {
			d.start = true
		}
		// The characters on either side of a control token are not one.
		text := d.Flush()
		if d.Special {
			text += strings.ToValidUTF8(piece, string(utf8.RuneError))
		}
		return text
	}
	if d.start && d.t.def.DropSpace {
		piece = strings.TrimPrefix(piece, " ")
	}
	d.start = d.start && !d.t.def.has(id)
	return d.complete(piece)
}

// complete returns the whole characters of what is pending and a piece.
func (d *Decoder) complete(piece string) string {
	var out strings.Builder
	rest := d.pending + piece
	for rest != "" && utf8.FullRuneInString(rest) {
		r, n := utf8.DecodeRuneInString(rest)
		out.WriteRune(r)
		rest = rest[n:]
	}
	d.pending = rest
	return out.String()
}

// Flush returns what Write has kept back: U+FFFD for every byte of a character
// that was never completed.
func (d *Decoder) Flush() string {
	text := strings.Repeat(string(utf8.RuneError), len(d.pending))
	d.pending = ""
	return text
}
