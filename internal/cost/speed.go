package cost

import (
	"time"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/host"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
)

// Results of measureSpeed on the reference machine, in nanoseconds of core time.
const (
	referenceCommit   = 180 // per 16-bit cell
	referenceSumcheck = 42  // per cell of a product of two columns
)

// Sizes of the measured work, small enough that all measurements take a second.
const (
	measuredCommitBits   = 14
	measuredSumcheckBits = 16
	measuredTime         = 350 * time.Millisecond // for each measurement
)

// Speed commits and proves sumchecks for about a second, and returns the speed of this
// machine relative to the reference machine, in core time: 2 is twice as fast.
func Speed() (float64, error) {
	key, err := commit.SetupDevelopment(1 << measuredCommitBits)
	if err != nil {
		return 0, err
	}
	cells := make([]uint16, key.Len())
	for i := range cells {
		cells[i] = uint16(i * 40503) // spread over the whole range
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

// measure repeats work on n cells and returns the core time per cell in nanoseconds.
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

// sumcheck proves the sum of the products of two columns.
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
