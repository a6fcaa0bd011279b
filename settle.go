package fold

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/folding"
	"fold/internal/files"
	"fold/step"
)

// A settlement is a function of the run and its secrets, and all of it but the folding of
// its steps takes little time. So what is kept of one that was interrupted is the state
// of the recursion alone; everything else is made again.

// settlementName is the file in a store that has it: magic, the digest of the state that
// the settlement began with, the digest of what follows, and the recursion's state.
const (
	settlementName  = "settlement.bin"
	settlementMagic = "foldsett"
)

// keepEvery is how long a settlement goes on until its state is kept.
const keepEvery = 20 * time.Second

func (c *compression) settlementFile() string { return filepath.Join(c.dir, settlementName) }

// settle takes recursion and prover to the end of the settlement.
func (c *compression) settle(ctx context.Context) (*step.SettlementRun, error) {
	r := c.recursion
	base := sha256.Sum256(r.Encode(r.state))
	kept, err := c.readSettlement(base)
	if err != nil {
		return nil, err
	}
	at := r.state.I
	c.prover.InContext(func(z []fr.Element) fr.Element { return folding.Context(r.Digest(), at, z) })
	emit(c.on, Progress{Stage: "settle"})
	q, err := c.prover.Settlement(ctx, step.SettlementSeeds{Weights: c.weights, Mask: c.seed})
	if err != nil {
		return nil, err
	}
	told, total, last := meter{on: c.on}, q.Steps(), time.Now()
	for ; ; at++ {
		w, err := r.function.SettleNext(ctx, q)
		if err == nil && w == nil {
			return q, c.keepSettlement(base)
		}
		switch {
		case err != nil:
		case kept != nil && at+1 < kept.I:
			continue
		case kept != nil && at+1 == kept.I:
			if err = r.goOn(kept, w.Z); err == nil {
				continue
			}
		default:
			if err = r.fold(w, c.seed); err == nil {
				c.now++
			}
		}
		if err != nil {
			return nil, errors.Join(err, c.keepSettlement(base))
		}
		told.report("settle", int(at)-c.steps()+1, total)
		if time.Since(last) > keepEvery {
			if err := c.keepSettlement(base); err != nil {
				return nil, err
			}
			last = time.Now()
		}
	}
}

// goOn takes the recursion to a state that was kept, where z must stand.
func (r *recursion) goOn(kept *folding.State, z []fr.Element) error {
	if err := sameState(kept, r.first, z); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrCorrupt, settlementName, err)
	}
	r.state = kept
	return nil
}

// keepSettlement writes the recursion's state, if it has any step of the settlement.
func (c *compression) keepSettlement(base [sha256.Size]byte) error {
	if c.now == 0 {
		return nil
	}
	return files.Write(c.settlementFile(), encodeSettlement(base, c.recursion.Encode(c.recursion.state)), 0o600)
}

// readSettlement returns the state that was kept of this settlement, nil if there is none.
func (c *compression) readSettlement(base [sha256.Size]byte) (*folding.State, error) {
	data, err := readFile(c.settlementFile(), maxSettlement)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	state, err := parseSettlement(data, base)
	if err != nil {
		err := fmt.Errorf("%w: %s: %w", ErrCorrupt, c.settlementFile(), err)
		return nil, withHint(err, "remove it: the settlement then begins anew")
	}
	if state == nil {
		return nil, nil
	}
	s, err := c.recursion.Decode(state)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrCorrupt, c.settlementFile(), err)
	}
	return s, nil
}

// parseSettlement returns the encoded state in a settlement's file, nil if it is of
// another settlement than the one that began with base: of the run before it was extended.
func parseSettlement(data []byte, base [sha256.Size]byte) ([]byte, error) {
	const head = len(settlementMagic) + 2*sha256.Size
	if len(data) < head || string(data[:len(settlementMagic)]) != settlementMagic {
		return nil, fmt.Errorf("it has %d bytes and begins with %.8q, expected at least %d and %q",
			len(data), data[:min(len(data), 8)], head, settlementMagic)
	}
	of, sum, state := data[len(settlementMagic):][:sha256.Size], data[head-sha256.Size:head], data[head:]
	if !bytes.Equal(of, base[:]) {
		return nil, nil
	}
	if have := sha256.Sum256(state); !bytes.Equal(have[:], sum) {
		return nil, errors.New("it is damaged: its digest is another")
	}
	return state, nil
}

// encodeSettlement is what parseSettlement reads.
func encodeSettlement(base [sha256.Size]byte, state []byte) []byte {
	sum := sha256.Sum256(state)
	return slices.Concat([]byte(settlementMagic), base[:], sum[:], state)
}

// maxSettlement bounds the size of a settlement's file in bytes.
const maxSettlement = 1 << 28

var errOtherEnds = errors.New("it is of another settlement")

func sameState(s *folding.State, first, z []fr.Element) error {
	if !slices.Equal(s.First, first) || !slices.Equal(s.Z, z) {
		return errOtherEnds
	}
	return nil
}
