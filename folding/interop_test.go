package folding

import (
	"bufio"
	"bytes"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/curve"
)

// Interoperability: both running instances of a run and its last instance, exported as
// text, satisfy their relation over big integers, and do not after a change.
func TestIndependentChecker(t *testing.T) {
	p, s := counted(t, 3)
	main, cycle := p.main.shape, p.cycle.shape
	var text bytes.Buffer
	require.NoError(t, main.Export(&text, s.Main.U, s.Main.X, s.main.W, s.main.E))
	require.NoError(t, checkText(text.Bytes()))
	zeros := make([]fr.Element, main.Rows())
	text.Reset()
	require.NoError(t, main.Export(&text, curve.One[fr.Element](), s.Fresh.X, s.fresh.W, zeros))
	require.NoError(t, checkText(text.Bytes()))
	text.Reset()
	require.NoError(t, cycle.Export(&text, s.Cycle.U, s.Cycle.X, s.cycle.W, s.cycle.E))
	require.NoError(t, checkText(text.Bytes()))

	lied := *s.main
	lied.E = append([]fr.Element{curve.One[fr.Element]()}, s.main.E[1:]...)
	text.Reset()
	require.NoError(t, main.Export(&text, s.Main.U, s.Main.X, lied.W, lied.E))
	require.EqualError(t, checkText(text.Bytes()), "row 0")
}

// checkText checks a relaxed R1CS with big integers alone. It knows nothing but the
// text: z is u, then x, then w; each row is the sum of its products of the entries.
func checkText(text []byte) error {
	var p *big.Int
	var z, e []*big.Int
	rows := map[string][]*big.Int{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		value, ok := new(big.Int).SetString(f[len(f)-1], 10)
		switch f[0] {
		case "modulus":
			p = value
		case "rows":
			n, err := strconv.Atoi(f[1])
			if err != nil {
				return err
			}
			for _, m := range []string{"A", "B", "C"} {
				for range n {
					rows[m] = append(rows[m], new(big.Int))
				}
			}
		case "u", "x", "w":
			z = append(z, value)
		case "e":
			e = append(e, value)
		case "A", "B", "C":
			i, _ := strconv.Atoi(f[1])
			j, _ := strconv.Atoi(f[2])
			rows[f[0]][i].Add(rows[f[0]][i], value.Mul(value, z[j]))
		case "end":
			return relaxed(p, z[0], rows, e)
		case "fold-relaxed-r1cs":
		default:
			return fmt.Errorf("line %q, number %v", lines.Text(), ok)
		}
	}
	return fmt.Errorf("no end: %w", lines.Err())
}

func relaxed(p, u *big.Int, rows map[string][]*big.Int, e []*big.Int) error {
	if len(e) != len(rows["A"]) {
		return fmt.Errorf("%d error terms of %d rows", len(e), len(rows["A"]))
	}
	for i := range e {
		d := new(big.Int).Mul(rows["A"][i], rows["B"][i])
		d.Sub(d, new(big.Int).Mul(u, rows["C"][i])).Sub(d, e[i])
		if d.Mod(d, p).Sign() != 0 {
			return fmt.Errorf("row %d", i)
		}
	}
	return nil
}
