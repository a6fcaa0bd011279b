package step

import "fmt"

// Limits on what a file says of a model or of a run. They are checked before anything
// of that size is allocated or compiled.
const (
	// MaxClasses is the largest number of size classes of a run: passes of one token,
	// and larger ones.
	MaxClasses = 2
	// MaxSegments is the largest number of segments of a model, in all records. A model
	// of 405 billion weights has 25,000 of DefaultSegmentBits.
	MaxSegments = 1 << 16
)

// checkSegments refuses a layout that cuts the model into more than MaxSegments.
func (l Layout) checkSegments(s Shape) error {
	kinds := [Head + 1]int{Embed: embedRecord, Block: blockRecord(0), Head: headRecord(s.Config)}
	total := uint64(0) // three records of at most 11 tensors of 2^37 segments, 2^10 times
	for kind, record := range kinds {
		n := uint64(0)
		for _, t := range l.tensorsOf(s, record) {
			n += 1 << max(0, t.vars()-l.SegmentBits)
		}
		if Kind(kind) == Block {
			n *= uint64(s.Config.Layers)
		}
		total += n
	}
	if total > MaxSegments {
		return fmt.Errorf("step: %d segments of 2^%d cells, expected at most %d: segments must be larger", total, l.SegmentBits, MaxSegments)
	}
	return nil
}

// checkClasses refuses size classes that no plan has.
func checkClasses(classes []int) error {
	if n := len(classes); n < 1 || n > MaxClasses {
		return fmt.Errorf("step: %d size classes, expected 1 to %d", n, MaxClasses)
	}
	for i, bits := range classes {
		if bits < 0 || bits > maxPassBits || i > 0 && bits <= classes[i-1] {
			return fmt.Errorf("step: size classes %v, expected token bits from 0 to %d in ascending order", classes, maxPassBits)
		}
	}
	return nil
}
