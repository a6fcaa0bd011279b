package tokenizer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

// full is a definition with a value in every field except Merges, which excludes Ranks.
func full() definition {
	return definition{
		Alphabet: alphabetChars, Pieces: []string{"<s>", "a", "<unk>"}, Kinds: []kind{control, normal,
			unknown}, Ranks: []int32{2, 1, 0},
		WholeWords: true, ByteFallback: true, FuseUnknown: true, DropSpace: true,
		Normalize: []step{{Type: stepReplace, Pattern: "x", Content: "y"}},
		Pretokenize: []step{{Type: stepSplit, Pattern: "a+", Behavior: isolated, Invert: true},
			{Type: stepMetaspace, Prepend: "first", Split: true}},
		Trims: []trim{{0, true, true}}, BOS: 0, AddBOS: true, EOS: []int{0,
			1}, Unknown: 2, ChatTemplate: "{{ messages }}",
	}
}

// alterations calls try with every part of a value altered in turn: every field, every
// entry of a list, and every list with an entry more and one less.
func alterations(t *testing.T, v reflect.Value, name string, try func(name string)) {
	old := reflect.New(v.Type()).Elem()
	old.Set(v)
	set := func(what string, to reflect.Value) {
		v.Set(to)
		try(name + what)
		v.Set(old)
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			alterations(t, v.Field(i), name+"."+v.Type().Field(i).Name, try)
		}
	case reflect.Slice:
		if v.Len() == 0 {
			return
		}
		set(" longer", reflect.Append(reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, 0), old),
			old.Index(v.Len()-1)))
		set(" shorter", old.Slice(0, old.Len()-1))
		for i := range v.Len() {
			alterations(t, v.Index(i), name+"[]", try)
		}
	case reflect.Array:
		for i := range v.Len() {
			alterations(t, v.Index(i), name, try)
		}
	case reflect.String:
		set(" with a zero byte more", reflect.ValueOf(v.String()+"\x00").Convert(v.Type()))
	case reflect.Bool:
		set("", reflect.ValueOf(!v.Bool()))
	case reflect.Int, reflect.Int32:
		set(" plus one", reflect.ValueOf(v.Int()+1).Convert(v.Type()))
	default:
		t.Fatalf("%s is a %s: say how it is altered", name, v.Kind())
	}
}

// TestDigestIsOfEveryField: every alteration of a field of a definition changes the digest,
// and no two alterations have the same digest.
func TestDigestIsOfEveryField(t *testing.T) {
	merges := full()
	merges.Ranks, merges.Merges = nil, [][2]int32{{1, 1}, {1, 2}}
	seen := map[[sha256.Size]byte]string{}
	for _, d := range []definition{full(), merges} {
		add := func(name string) {
			sum := d.digest()
			require.Empty(t, seen[sum], "%s has the digest of another tokenizer", name)
			seen[sum] = name
		}
		add("the tokenizer")
		alterations(t, reflect.ValueOf(&d).Elem(), "", add)
	}
	require.Greater(t, len(seen), 90)
}

// TestDigestSeparatesFields: bytes that move from one field or entry into the next give
// another digest.
func TestDigestSeparatesFields(t *testing.T) {
	base := full()
	seen := map[[sha256.Size]byte]bool{}
	for _, alter := range []func(d *definition){
		func(*definition) {},
		func(d *definition) { d.Pieces = []string{"<s>a", "", "<unk>"} },
		func(d *definition) { d.Normalize, d.Pretokenize = nil, append(base.Normalize, base.Pretokenize...) },
		func(d *definition) { d.Normalize = []step{{Type: stepReplace, Pattern: "xy"}} },
		func(d *definition) { d.Normalize = []step{{Type: stepReplace, Content: "xy"}} },
		func(d *definition) { d.Ranks, d.Merges = nil, [][2]int32{} },
		func(d *definition) { d.Ranks = []int32{} },
	} {
		d := full()
		alter(&d)
		require.False(t, seen[d.digest()])
		seen[d.digest()] = true
	}
}

// TestDigestGolden compares the digest of one definition with an encoding written by hand.
func TestDigestGolden(t *testing.T) {
	n := func(v byte) string { return string([]byte{v, 0, 0, 0, 0, 0, 0, 0}) }
	text := func(s string) string { return n(byte(len(s))) + s }
	none := "\xff\xff\xff\xff\xff\xff\xff\xff"
	space := text("replace") + text(" ") + text(spaceMark) + text("") + "\x00" + text("") + "\x00"
	want := sha256.Sum256([]byte(text("fold tokenizer 1") + text("chars") +
		n(2) + text("<s>") + text("a") + n(2) + n(3) + n(1) +
		text("merges") + n(1) + n(1) + n(1) +
		"\x01\x00\x00\x01" + n(1) + space + n(0) + n(1) + n(0) + "\x00\x01" +
		n(0) + "\x01" + n(1) + n(0) + none + text("hi")))
	d := definition{
		Alphabet: alphabetChars, Pieces: []string{"<s>", "a"}, Kinds: []kind{control,
			normal}, Merges: [][2]int32{{1, 1}},
		WholeWords: true, DropSpace: true, Normalize: []step{{Type: stepReplace, Pattern: " ", Content: spaceMark}},
		Trims: []trim{{ID: 0, Right: true}}, BOS: 0, AddBOS: true, EOS: []int{0}, Unknown: -1, ChatTemplate: "hi",
	}
	require.Equal(t, want, d.digest())
}

// TestDigestIsOfTheParsedForm: the digest does not depend on the file's format or layout.
func TestDigestIsOfTheParsedForm(t *testing.T) {
	tok := must(t)(FromJSON(own(t, "bard/tokenizer.json")))
	sum := tok.Digest()
	require.Equal(t, "5c10b3ff4897722ee82d994f2880eb81f7280f74327abf7bfe4888eb4e5d86a3", hex.EncodeToString(sum[:]))
	data, err := tok.Marshal()
	require.NoError(t, err)
	var indented bytes.Buffer
	require.NoError(t, json.Indent(&indented, data, "", "\t"))
	var fields map[string]any
	require.NoError(t, json.Unmarshal(data, &fields))
	sorted, err := json.Marshal(fields)
	require.NoError(t, err)
	for _, other := range [][]byte{data, indented.Bytes(), sorted} {
		require.Equal(t, sum, must(t)(Unmarshal(other)).Digest())
	}
	changed := must(t)(tok.With(Specials{BOS: 0, AddBOS: true, ChatTemplate: "another"}))
	require.NotEqual(t, sum, changed.Digest())
	require.Equal(t, sum, tok.Digest(), "a copy leaves the tokenizer as it is")
}
