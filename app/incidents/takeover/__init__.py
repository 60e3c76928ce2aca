"""Take over the incidents of another tool."""
