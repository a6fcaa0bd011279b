package llama

import "fmt"

// Restore writes keys and values of an earlier pass, each [positions][KVHeads][HeadDim],
// into a layer's cache from position start on. The layer's cache must hold the positions
// before start. Keys and values from start on are replaced. The error wraps ErrContext.
func (s *Session) Restore(layer, start int, keys, values []int16) error {
	c := s.model.Config
	n := len(keys) / c.KVDim()
	if len(values) != len(keys) || n*c.KVDim() != len(keys) {
		return fmt.Errorf("%d keys and %d values, expected equal numbers that are multiples of %d",
			len(keys), len(values), c.KVDim())
	}
	if err := s.checkPositions(layer, start, n); err != nil {
		return err
	}
	s.truncateLayer(layer, start)
	s.keys[layer] = append(s.keys[layer], keys...)
	s.values[layer] = append(s.values[layer], values...)
	return nil
}
