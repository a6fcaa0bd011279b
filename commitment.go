package fold

import "fold.example/fold/internal/model"

// CommitOptions are the choices of Model.Commit.
type CommitOptions = model.CommitOptions

// CommitSummary describes a model commitment.
type CommitSummary = model.CommitSummary
