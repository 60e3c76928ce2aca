"""Pages of the incidents room."""
