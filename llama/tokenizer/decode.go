package tokenizer

import (
	"strings"
	"unicode/utf8"
)

// Piece returns the text of a single token: the name of a control token, the byte of a
// byte token, otherwise the token's text with spaces in place of U+2581. The result may
// end inside a character. It is empty for an id out of range.
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

// Decode returns the text of ids from the beginning of a text. Control tokens give no
// text, and each byte that is not UTF-8 gives U+FFFD. At the start and after the begin
// token, Decode drops the space that LLaMA-2's encoding prepends.
func (t *Tokenizer) Decode(ids []int) string { return decodeAll(t.NewDecoder(), ids) }

// DecodeSpecial is like Decode, but control tokens give their names.
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

// Decoder decodes a stream of tokens. The concatenated results of Write and Flush equal
// the result of Decode for all tokens.
type Decoder struct {
	// Special makes control tokens give their names.
	Special bool

	t       *Tokenizer
	start   bool   // no ordinary token so far, or since the begin token
	pending string // the first bytes of an incomplete character
}

// NewDecoder returns a decoder for the tokens after those of context, such as a prompt
// that has been printed already. Without context it decodes from the beginning of a text.
func (t *Tokenizer) NewDecoder(context ...int) *Decoder {
	d := &Decoder{t: t, start: true}
	for _, id := range context {
		d.Write(id)
	}
	d.pending = ""
	return d
}

// Write decodes a token and returns the whole characters that are complete with it,
// possibly none.
func (d *Decoder) Write(id int) string {
	piece := d.t.Piece(id)
	if d.t.IsControl(id) {
		if id == d.t.def.BOS {
			d.start = true
		}
		// A character does not continue across a control token.
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

// complete returns the whole characters of the pending bytes and a piece, and keeps the
// rest pending.
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

// Flush returns U+FFFD for each pending byte, which belongs to an incomplete character.
func (d *Decoder) Flush() string {
	text := strings.Repeat(string(utf8.RuneError), len(d.pending))
	d.pending = ""
	return text
}
