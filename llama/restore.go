package llama

import "fmt"

// Restore puts keys and values, each [positions][KVHeads][HeadDim], into a layer's
// cache from position start on, as a pass that was run before has left them. The
// layer must hold the positions before; what it held from start on is replaced.
func (s *Session) Restore(layer, start int, keys, values []int16) error {
	c := s.model.Config
	if layer < 0 || layer >= c.Layers {
		return fmt.Errorf("layer %d, expected 0 to %d", layer, c.Layers-1)
	}
	n := len(keys) / c.KVDim()
	if len(values) != len(keys) || n*c.KVDim() != len(keys) {
		return fmt.Errorf("%d keys and %d values, expected as many and a multiple of %d", len(keys), len(values), c.KVDim())
	}
	if held := len(s.keys[layer]) / c.KVDim(); start < 0 || start > held || start+n > c.Context {
		return fmt.Errorf("%w: %d to %d, expected to follow at most %d cached ones within %d", ErrContext, start, start+n-1, held, c.Context)
	}
	s.truncateLayer(layer, start)
	s.keys[layer] = append(s.keys[layer], keys...)
	s.values[layer] = append(s.values[layer], values...)
	return nil
}
