package cost

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMeasuredSpeedIsASpeed(t *testing.T) {
	speed, err := Speed()
	require.NoError(t, err)
	require.Positive(t, speed)
}
