package cost

import (
	"time"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/host"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
)

// What measureSpeed finds on the machine of the figures, in nanoseconds of core
// time.
const (
	referenceCommit   = 180 // a cell of 16 bits
	referenceSumcheck = 42  // a cell of a product of two columns
)

// The sizes of what is measured: small enough that all of it takes a second.
const (
	measuredCommitBits   = 14
	measuredSumcheckBits = 16
	measuredTime         = 350 * time.Millisecond // of each
)

// Speed commits and proves sumchecks for a second and compares this
// machine's core time with that of the machine of the figures: 2 is twice as fast.
func Speed() (float64, error) {
	key, err := commit.SetupDevelopment(1 << measuredCommitBits)
	if err != nil {
		return 0, err
	}
	cells := make([]uint16, key.Len())
	for i := range cells {
		cells[i] = uint16(i * 40503) // all over the range
	}
	committing, err := measure(len(cells), func() error { return commit.AddInts(key.NewAccumulator(), 0, cells) })
	if err != nil {
		return 0, err
	}
	f, g := make(fr.Vector, 1<<measuredSumcheckBits), make(fr.Vector, 1<<measuredSumcheckBits)
	f.MustSetRandom()
	g.MustSetRandom()
	var arena poly.Arena
	summing, err := measure(len(f), func() error { return sumcheck(&arena, f, g) })
	if err != nil {
		return 0, err
	}
	return 2 / (committing/referenceCommit + summing/referenceSumcheck), nil
}

// measure repeats work on n cells and returns the nanoseconds of core time that a
// cell takes.
func measure(n int, work func() error) (float64, error) {
	start, begun, done := host.CPUTime(), time.Now(), 0
	for time.Since(begun) < measuredTime {
		if err := work(); err != nil {
			return 0, err
		}
		done += n
	}
	return float64((host.CPUTime() - start).Nanoseconds()) / float64(done), nil
}

// sumcheck proves the sum of the product of two columns.
func sumcheck(arena *poly.Arena, f, g fr.Vector) error {
	rows := poly.RowBitsFor(measuredSumcheckBits)
	sum, err := poly.NewSum(poly.Spec{
		Vars: measuredSumcheckBits, RowBits: rows, Arena: arena,
		Columns: []poly.Column{poly.Field(f, rows), poly.Field(g, rows)},
		Plain:   []poly.Term{{Coef: fr.One(), Factors: []int{0, 1}}},
	})
	if err != nil {
		return err
	}
	defer sum.Release()
	poly.Prove(transcript.New("fold measure"), sum)
	return nil
}
