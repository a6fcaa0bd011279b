package fold

import "fold.example/fold/internal/model"

// CommitOptions say how Model.Commit commits to a model.
type CommitOptions = model.CommitOptions

// CommitSummary says what a model was committed to.
type CommitSummary = model.CommitSummary
