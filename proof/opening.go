package proof

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Opening opens a hidden part: the salt of its token chain, its tokens and, if both parts are
// hidden, the passes of the run.
type Opening struct {
	Salt   fr.Element
	Passes []PassRun
	Tokens []int
}

// String returns, separated by slashes, the salt in 64 hexadecimal digits, the runs of passes
// (tokens of a pass, number of passes) if there are any, and the tokens:
// "d1...7a/4x1,2x1,1x65/0,17,9".
func (o Opening) String() string {
	text := HexOf(o.Salt)
	for i, r := range o.Passes {
		text += fmt.Sprintf("%s%dx%d", separator(i), 1<<r.Bits, r.Count)
	}
	for i, id := range o.Tokens {
		text += separator(i) + strconv.Itoa(id)
	}
	return text
}

func separator(i int) string {
	if i == 0 {
		return "/"
	}
	return ","
}

var errOpening = errors.New("64 hexadecimal digits, passes such as 4x1,1x65 if both prompt and output are hidden, " +
	"and tokens, with a slash between them")

// ParseOpening is the inverse of String. With withPasses, the text must have passes; otherwise
// it must have none.
func ParseOpening(text string, withPasses bool) (o Opening, err error) {
	parts := strings.Split(text, "/")
	b, err := hex.DecodeString(parts[0])
	if want := map[bool]int{false: 2, true: 3}[withPasses]; err != nil || len(parts) != want || len(b) != 32 ||
		o.Salt.SetBytesCanonical(b) != nil {
		return o, errOpening
	}
	if withPasses {
		for _, run := range strings.Split(parts[1], ",") {
			size, count, _ := strings.Cut(run, "x")
			n, err := strconv.ParseUint(size, 10, 17)
			k, err2 := strconv.ParseUint(count, 10, 20)
			if err != nil || err2 != nil || n == 0 || n&(n-1) != 0 {
				return o, errOpening
			}
			o.Passes = append(o.Passes, PassRun{bits.TrailingZeros64(n), int(k)})
		}
	}
	for _, id := range strings.Split(parts[len(parts)-1], ",") {
		n, err := strconv.ParseUint(id, 10, 20)
		if err != nil {
			return o, errOpening
		}
		o.Tokens = append(o.Tokens, int(n))
	}
	return o, nil
}

// HexOf returns an element as 64 hexadecimal digits, big-endian.
func HexOf(e fr.Element) string {
	b := e.Bytes()
	return hex.EncodeToString(b[:])
}
