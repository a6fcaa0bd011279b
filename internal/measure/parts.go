package measure

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/progress"
)

// Numbers of layers that byParts measures.
const (
	fewLayers  = 1
	moreLayers = 3
)

// byParts measures a model of fewLayers and one of moreLayers, with the embedding and the head of the whole, in
// steps of one block, and extrapolates to all layers.
func byParts(ctx context.Context, opts Options, dir string, on func(progress.Event)) (*Summary, error) {
	if opts.Blocks > 1 {
		return nil, fmt.Errorf("%w: steps of %d blocks, expected 1 where models of %d and %d layers are measured",
			fault.ErrFormat, opts.Blocks, fewLayers, moreLayers)
	}
	job, err := ShapeJob(opts.Shape, opts.Layers)
	if err != nil {
		return nil, err
	}
	opts.Blocks = 1
	few, err := part(ctx, opts, fewLayers, dir, on)
	if err != nil {
		return nil, err
	}
	more, err := part(ctx, opts, moreLayers, dir, on)
	if err != nil {
		return nil, err
	}
	return extrapolate(few, more, job.Description.Config.Layers, job.Params), nil
}

// part measures a model with the given number of layers. A temporary folder is removed.
func part(
	ctx context.Context, opts Options, layers int, dir string, on func(progress.Event),
) (s *Summary, err error) {
	own := filepath.Join(dir, fmt.Sprintf("%d-layers", layers))
	if err := os.Mkdir(own, 0o777); err != nil {
		return nil, err
	}
	if opts.Dir == "" {
		defer func() { err = errors.Join(err, os.RemoveAll(own)) }()
	}
	opts.Layers = layers
	return whole(ctx, opts, own, on)
}

// affine returns the value at layers of the affine function with the values few at
// fewLayers and more at moreLayers. Its slope is at least 0.
func affine(few, more float64, layers int) float64 {
	return few + max(0, more-few)*float64(layers-fewLayers)/(moreLayers-fewLayers)
}

// extrapolate returns the summary of a model with the given number of layers. For given
// positions, every stage repeats its work per block step or per weight, so its core time is
// affine in the number of layers. So are the number of steps and the size of the store. The
// peak memory is that of the larger part, because one step is in memory at a time.
func extrapolate(few, more *Summary, layers, params int) *Summary {
	s := *more
	s.Layers, s.Params, s.Extrapolated = layers, params, []*Summary{few, more}
	count := func(few, more int) int { return int(affine(float64(few), float64(more), layers)) }
	s.Steps, s.Settled = count(few.Steps, more.Steps), count(few.Settled, more.Settled)
	s.StoreBytes = int64(count(int(few.StoreBytes), int(more.StoreBytes)))
	before := map[progress.Stage]float64{}
	for _, c := range few.Stages {
		before[c.Stage] = c.Seconds
	}
	var stages []StageCost
	s.CPU = 0
	for _, c := range more.Stages {
		c.Seconds = affine(before[c.Stage], c.Seconds, layers)
		stages = append(stages, c)
		s.CPU += c.Seconds
	}
	s.take(stages)
	return &s
}
