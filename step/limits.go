package step

import (
	"fmt"

	"fold.example/fold/step/relation"
)

// Limits on the sizes that a file states of a model or a run. They are checked before anything
// of that size is allocated or compiled.
const (
	// MaxClasses is the largest number of size classes of a run: passes of one token,
	// and larger ones.
	MaxClasses = 2
)

// checkClasses checks that size classes are those of a possible plan.
func checkClasses(classes []int) error {
	if n := len(classes); n < 1 || n > MaxClasses {
		return fmt.Errorf("step: %d size classes, expected 1 to %d", n, MaxClasses)
	}
	for i, bits := range classes {
		if bits < 0 || bits > relation.MaxPassBits || i > 0 && bits <= classes[i-1] {
			return fmt.Errorf("step: size classes %v, expected token bits from 0 to %d in ascending order", classes,
				relation.MaxPassBits)
		}
	}
	return nil
}
