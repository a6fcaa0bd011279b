package bench

import (
	"runtime"
	"time"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/host"
	"fold.example/fold/step/argument"
)

// clock measures the core time of the phases of a proof.
type clock struct {
	s          *Summary
	times      map[argument.Phase]time.Duration
	now        argument.Phase
	start      time.Duration // core time at the start of the phase
	begun      time.Duration // core time at the start of the proof
	begunClock time.Time
}

func newClock(s *Summary) *clock {
	c := host.CPUTime()
	return &clock{s: s, times: map[argument.Phase]time.Duration{}, start: c, begun: c, begunClock: time.Now()}
}

func (c *clock) phase(p argument.Phase) {
	t := host.CPUTime()
	c.times[c.now] += t - c.start
	c.now, c.start = p, t
}

// finish computes the times per cell.
func (c *clock) finish() {
	perCell := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / float64(c.s.Cells) }
	core := host.CPUTime() - c.begun
	c.s.PerCell = perCell(core)
	c.s.WallShare = float64(time.Since(c.begunClock)) / float64(core)
	for p, to := range map[argument.Phase]*float64{
		argument.PhaseCommit: &c.s.Commit, argument.PhaseLookup: &c.s.Lookup,
		argument.PhaseElementwise: &c.s.Elementwise,
		argument.PhaseProducts:    &c.s.Products, argument.PhaseReduce: &c.s.Reduce, argument.PhaseFold: &c.s.Fold,
	} {
		*to = perCell(c.times[p])
	}
}

// referenceBits is log2 of the number of cells that the reference commits to.
const referenceBits = 20

// reference returns the core time per cell, in nanoseconds, of gnark-crypto's MultiExp on
// the bit patterns of the witness's first cells.
func (b *bench) reference() (float64, error) {
	n := 1 << referenceBits
	scalars := make(fr.Vector, n)
	cells := b.witness.Sample(n)
	for i := range scalars {
		scalars[i].SetUint64(uint64(cells[i%len(cells)]))
	}
	config := ecc.MultiExpConfig{NbTasks: runtime.GOMAXPROCS(0)}
	start := host.CPUTime()
	if _, err := new(bn254.G1Affine).MultiExp(b.key.Points()[:n], scalars, config); err != nil {
		return 0, err
	}
	return float64((host.CPUTime() - start).Nanoseconds()) / float64(n), nil
}
