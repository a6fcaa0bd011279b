package tokenizer

import (
	"encoding/binary"
	"math"
)

// FromModelFile reads a tokenizer.model: SentencePiece's protocol buffer (LLaMA-2, Mistral)
// or a tiktoken rank file (LLaMA-3). The error wraps ErrCorrupt or ErrUnsupported.
func FromModelFile(data []byte) (*Tokenizer, error) {
	// The protocol buffer starts with the tag of its first field, 0x0A; a rank file
	// with a character of base64.
	if len(data) > 0 && data[0] == 0x0A {
		return FromSentencePiece(data)
	}
	return FromTiktoken(data)
}

// Fields of SentencePiece's ModelProto and of the messages in it (sentencepiece_model.proto).
const (
	modelPieces     = 1
	modelTrainer    = 2
	modelNormalizer = 3

	pieceText  = 1
	pieceScore = 2
	pieceType  = 3

	trainerModelType    = 3
	trainerSpaceAtEnd   = 24
	trainerByteFallback = 35
	trainerUnknownID    = 40
	trainerBeginID      = 41
	trainerEndID        = 42

	normCharsMap    = 2
	normDummyPrefix = 3
	normCollapse    = 4
	normEscape      = 5
)

// spModel is a ModelProto.
type spModel struct {
	def                           definition
	scores                        []float32
	modelType                     uint64 // 1 unigram, 2 BPE, 3 word, 4 char
	spaceAtEnd                    bool
	unknownID, beginID, endID     int32
	charsMap                      int // bytes of compiled normalization rules
	dummyPrefix, collapse, escape bool
}

// FromSentencePiece reads SentencePiece's protocol buffer. The model must be of type BPE
// and without normalization rules, as the models of LLaMA-2 and Mistral are. The error
// wraps ErrCorrupt or ErrUnsupported.
func FromSentencePiece(data []byte) (*Tokenizer, error) {
	if len(data) > MaxFileBytes {
		return nil, malformed("file of %d bytes, expected at most %d", len(data), MaxFileBytes)
	}
	m := spModel{ // the defaults of sentencepiece_model.proto
		modelType: 1, unknownID: 0, beginID: 1, endID: 2,
		dummyPrefix: true, collapse: true, escape: true,
	}
	if err := fields(data, m.field); err != nil {
		return nil, err
	}
	switch {
	case m.modelType != 2:
		return nil, unsupported("SentencePiece model of type %d (1 unigram, 3 word, 4 char), expected 2, BPE",
			m.modelType)
	case m.charsMap > 0:
		return nil, unsupported("SentencePiece model with normalization rules (%d bytes), expected identity",
			m.charsMap)
	case m.spaceAtEnd:
		return nil, unsupported("SentencePiece model with white space at the end of words, expected the beginning")
	case !m.escape:
		return nil, unsupported("SentencePiece model without escapes of white space, expected U+2581")
	}
	d := m.def
	if m.collapse {
		d.Normalize = []step{{Type: stepCollapse}}
	}
	if err := d.setSPM(m.scores, m.dummyPrefix); err != nil {
		return nil, err
	}
	d.BOS, d.Unknown = max(int(m.beginID), none), max(int(m.unknownID), none)
	d.AddBOS = d.BOS != none
	d.setEnds(max(int(m.endID), none))
	return build(d)
}

// field reads a field of the ModelProto.
func (m *spModel) field(number int, f field) error {
	switch number {
	case modelPieces:
		return m.piece(f.bytes)
	case modelTrainer:
		return fields(f.bytes, m.trainerField)
	case modelNormalizer:
		return fields(f.bytes, m.normalizerField)
	}
	return nil
}

// piece appends a token.
func (m *spModel) piece(data []byte) error {
	if len(m.scores) == maxTokens {
		return malformed("%d tokens or more, expected at most %d", maxTokens+1, maxTokens)
	}
	var text string
	var score float32
	k := normal
	err := fields(data, func(number int, f field) error {
		switch number {
		case pieceText:
			text = string(f.bytes)
		case pieceScore:
			score = math.Float32frombits(uint32(f.number))
		case pieceType:
			k = kind(int32(f.number))
		}
		return nil
	})
	m.def.Pieces, m.def.Kinds = append(m.def.Pieces, text), append(m.def.Kinds, k)
	m.scores = append(m.scores, score)
	return err
}

// trainerField reads a field of the TrainerSpec.
func (m *spModel) trainerField(number int, f field) error {
	switch number {
	case trainerModelType:
		m.modelType = f.number
	case trainerSpaceAtEnd:
		m.spaceAtEnd = f.number != 0
	case trainerByteFallback:
		m.def.ByteFallback = f.number != 0
	case trainerUnknownID:
		m.unknownID = int32(f.number)
	case trainerBeginID:
		m.beginID = int32(f.number)
	case trainerEndID:
		m.endID = int32(f.number)
	}
	return nil
}

// normalizerField reads a field of the NormalizerSpec.
func (m *spModel) normalizerField(number int, f field) error {
	switch number {
	case normCharsMap:
		m.charsMap = len(f.bytes)
	case normDummyPrefix:
		m.dummyPrefix = f.number != 0
	case normCollapse:
		m.collapse = f.number != 0
	case normEscape:
		m.escape = f.number != 0
	}
	return nil
}

// field is the value of a field: a number for the wire types varint, fixed64
// and fixed32, bytes for a length-delimited one.
type field struct {
	number uint64
	bytes  []byte
}

// fields calls visit for every field of a protocol buffer message. The error wraps
// ErrCorrupt.
func fields(data []byte, visit func(number int, f field) error) error {
	for len(data) > 0 {
		tag, n := binary.Uvarint(data)
		if n <= 0 || tag>>3 == 0 || tag>>3 > math.MaxInt32 {
			return malformed("protocol buffer: tag %#x, expected one of a field of the message", tag)
		}
		f, size, err := fieldValue(data[n:], tag&7)
		if err != nil {
			return err
		}
		if err := visit(int(tag>>3), f); err != nil {
			return err
		}
		data = data[n+size:]
	}
	return nil
}

// fieldValue decodes the value of a field and returns its length in bytes.
func fieldValue(data []byte, wireType uint64) (f field, size int, err error) {
	switch wireType {
	case 0:
		if f.number, size = binary.Uvarint(data); size > 0 {
			return f, size, nil
		}
	case 1:
		if len(data) >= 8 {
			f.number = binary.LittleEndian.Uint64(data)
			return f, 8, nil
		}
	case 2:
		length, n := binary.Uvarint(data)
		if n > 0 && length <= uint64(len(data)-n) {
			f.bytes = data[n : n+int(length)]
			return f, n + int(length), nil
		}
	case 5:
		if len(data) >= 4 {
			f.number = uint64(binary.LittleEndian.Uint32(data))
			return f, 4, nil
		}
	default:
		return f, 0, malformed("protocol buffer: wire type %d, expected 0, 1, 2 or 5", wireType)
	}
	return f, 0, malformed("protocol buffer: the end inside a value of wire type %d, expected more bytes", wireType)
}
