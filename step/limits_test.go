package step

import (
	"encoding/binary"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// allocated returns the bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// hostileOutlines each set one number of an outline to a value that no run has.
var hostileOutlines = map[string]func(o *VerifierParams){
	"vocab":    func(o *VerifierParams) { o.Description.Config.Vocab = llama.MaxVocab + 1 },
	"dim":      func(o *VerifierParams) { o.Description.Config.Dim = llama.MaxDim + 1 },
	"hidden":   func(o *VerifierParams) { o.Description.Config.Hidden = llama.MaxHidden + 1 },
	"layers":   func(o *VerifierParams) { o.Description.Config.Layers = llama.MaxLayers + 1 },
	"heads":    func(o *VerifierParams) { o.Description.Config.Heads = llama.MaxDim + 1 },
	"head dim": func(o *VerifierParams) { o.Description.Config.HeadDim = llama.MaxHeadDim + 2 },
	"context":  func(o *VerifierParams) { o.Description.Config.Context = llama.MaxContext + 1 },
	"wide heads": func(o *VerifierParams) {
		o.Description.Config.Heads, o.Description.Config.HeadDim = llama.MaxDim, llama.MaxHeadDim
	},
	"huge numbers": func(o *VerifierParams) {
		o.Description.Config.Heads, o.Description.Config.KVHeads = 1<<62,
			1<<62
	},
	"small segments": func(o *VerifierParams) { hugeModel(o, 0) },
	"column bits":    func(o *VerifierParams) { o.Layout.ColumnBits = 1 },
	"segment bits":   func(o *VerifierParams) { o.Layout.SegmentBits = 31 },
	"positions":      func(o *VerifierParams) { o.PositionBits = 18 },
	"blocks": func(o *VerifierParams) {
		o.Blocks, o.Description.Config.Layers = relation.MaxBlocks+1, relation.MaxBlocks+1
	},
	"many blocks":     func(o *VerifierParams) { o.Blocks, o.Description.Config.Layers = 1024, 1024 },
	"class count":     func(o *VerifierParams) { o.Classes, o.Cells = []int{0, 1, 2}, []int{20, 20, 20} },
	"class":           func(o *VerifierParams) { o.Classes[1] = relation.MaxPassBits + 1 },
	"cells":           func(o *VerifierParams) { o.Cells[0] = argument.ClaimVars + 1 },
	"cache":           func(o *VerifierParams) { o.Cache = argument.ClaimVars + 1 },
	"weights":         func(o *VerifierParams) { o.Weights = argument.ClaimVars + 1 },
	"class above all": func(o *VerifierParams) { o.PositionBits = 1 },
}

// hugeModel sets an outline to the largest possible model, with segments of 2^more rows.
func hugeModel(o *VerifierParams, more int) {
	c := &o.Description.Config
	c.Vocab, c.Dim, c.Hidden, c.Layers = llama.MaxVocab, llama.MaxDim, llama.MaxHidden, llama.MaxLayers
	c.Heads, c.KVHeads, c.HeadDim, c.Context = 64, 64, 1024, llama.MaxContext
	o.Blocks, o.Layout.ColumnBits, o.Layout.SegmentBits = 1, 16, 16+more
}

// outlineLimit bounds the bytes that decoding an outline may allocate. It is far above the
// bytes for an honest outline, and far below the sizes that a hostile one states.
const outlineLimit = 8 << 20

func TestHostileOutlinesAreRefusedBeforeTheyTakeMemory(t *testing.T) {
	for name, alter := range hostileOutlines {
		o := blankProtocol(t, llamatest.Configs[0].Config, 32, 5, 24, 0, 2).VerifierParams()
		alter(o)
		b, err := o.Encode()
		require.NoError(t, err, name)
		n := allocated(func() { _, err = DecodeVerifierParams(b) })
		require.ErrorIs(t, err, argument.ErrEncoding, name)
		require.Less(t, n, uint64(outlineLimit), name)
		n = allocated(func() { _, err = o.Protocol() }) // also for an outline that was never encoded
		if name == "cells" || name == "cache" || name == "weights" {
			continue // Protocol computes these sizes itself
		}
		require.Error(t, err, name)
		require.Less(t, n, uint64(outlineLimit), name)
	}
}

// The length of the file limits the size of a description: a large stated size is refused.
func TestOutlineOfALongDescription(t *testing.T) {
	b := binary.LittleEndian.AppendUint32(nil, weights.MaxDescription)
	_, err := DecodeVerifierParams(append(b, '{'))
	require.ErrorIs(t, err, argument.ErrEncoding)
	_, err = DecodeVerifierParams(binary.LittleEndian.AppendUint32(nil, 1<<32-1))
	require.ErrorIs(t, err, argument.ErrEncoding)
}

// A model commitment whose description implies more points than the file has is refused.
func TestCommitmentOfMorePointsThanBytes(t *testing.T) {
	o := blankProtocol(t, llamatest.Configs[0].Config, 32, 5, 24, 0, 2).VerifierParams()
	hugeModel(o, 14)
	text, err := o.Encode()
	require.NoError(t, err)
	n := binary.LittleEndian.Uint32(text)
	data := append([]byte(weights.CommitmentMagic), weights.CommitmentVersion, 0, 0, 0)
	data = append(append(data, make([]byte, 32)...), text[:4+n]...)
	for _, layout := range [][2]byte{{16, 16}, {16, 30}} {
		data[len(weights.CommitmentMagic)+2], data[len(weights.CommitmentMagic)+3] = layout[0], layout[1]
		size := allocated(func() { _, err = weights.DecodeModelCommitment(data) })
		require.ErrorIs(t, err, weights.ErrCommitment)
		require.Less(t, size, uint64(outlineLimit))
	}
}

// A store states the numbers of tokens to which its run was extended, one after another.
// Reading them takes linear memory.
func TestExtensionsTakeLinearMemory(t *testing.T) {
	o := blankProtocol(t, llamatest.Configs[0].Config, 32, 5, 24, 0, 2).VerifierParams()
	d := &o.Description
	d.Config.Context = llama.MaxContext
	list := make([]int, 1<<14)
	for i := range list {
		list[i] = i + 1
	}
	var plan *RunPlan
	var err error
	n := allocated(func() { plan, err = Replan(d, 1, list, false, 17, 1, []int{0}) })
	require.NoError(t, err)
	require.Len(t, plan.Passes, len(list))
	require.Less(t, n, uint64(len(list)*16*8)) // a quadratic list takes 2 GiB
	for _, bad := range [][]int{{1, 1}, {2, 1}, {1, llama.MaxContext + 1}, slices.Repeat([]int{1}, 1<<14)} {
		_, err := Replan(d, 1, bad, false, 17, 1, []int{0})
		require.ErrorIs(t, err, ErrPlan)
	}
	for _, classes := range [][]int{nil, {0, 1, 2}, {-1}, {1, 0}, {relation.MaxPassBits + 1}} {
		_, err := Replan(d, 1, []int{1}, false, 17, 1, classes)
		require.ErrorIs(t, err, ErrPlan)
	}
	_, err = Replan(d, 1, []int{1}, false, 17, relation.MaxBlocks+1, []int{0})
	require.ErrorIs(t, err, ErrPlan)
}
