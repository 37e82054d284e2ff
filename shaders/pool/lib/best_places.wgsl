// Largest values of a max pool and where in their windows they are, for 4 windows.
struct Best {
  value: vec4f,
  place: vec4u,
}

// The first wins a tie. Not `b > a`, so that NaN beats what came before it.
fn better(a: Best, b: Best) -> Best {
  let wins = !(b.value <= a.value);
  return Best(select(a.value, b.value, wins), select(a.place, b.place, wins));
}

// The best of the rows that windows begin with, go on with and end with.
fn best_of_rows(above: Best, same: Best, below: Best) -> Best {
  let first = better(above, Best(same.value, same.place + 3u));
  return better(first, Best(below.value, below.place + 6u));
}
